/** A policy to start from: who may have what. */
export function firstPolicy(service: string): string {
  return `# Who may have what. Try it:
#   npx writ policy eval -s service:webapp -r invoices -o read -d tenantId=acme -a ${service}
# Mint by it: npx writ serve -p policy.toml --schema schema.toml

[[objects]]
id = "${service}"

[[objects]]
id = "service:webapp"
capabilities = [{ target = "invoices", operations = ["read"], anchor = "${service}", max_ttl = 300 }]

# The authority, and whoever has the first secret that it writes. These rights are for the authority itself.
[[objects]]
id = "service:authority"

[[objects]]
id = "admin"
capabilities = [
  { target = "authority.policy", operations = ["read", "write"], anchor = "service:authority" },
  { target = "authority.enrolments", operations = ["write"], anchor = "service:authority" },
  { target = "authority.revocations", operations = ["write"], anchor = "service:authority" },
  { target = "authority.audit", operations = ["read"], anchor = "service:authority" },
  { target = "authority.keys", operations = ["rotate"], anchor = "service:authority" },
]
`
}

/** A schema to start from: what a capability must name. */
export const FIRST_SCHEMA: string = `[[targets]]
id = "invoices"
operations = [{ name = "read", designations = { required = ["tenantId"] } }]

# What the authority itself has.
[[targets]]
id = "authority.policy"
operations = [{ name = "read" }, { name = "write" }]

[[targets]]
id = "authority.enrolments"
operations = [{ name = "write" }]

[[targets]]
id = "authority.revocations"
operations = [{ name = "write" }]

[[targets]]
id = "authority.audit"
operations = [{ name = "read" }]

[[targets]]
id = "authority.keys"
operations = [{ name = "rotate" }]
`

/** What the decorators of NestJS need of a compiler. */
export const FIRST_TSCONFIG: string = `{
  "compilerOptions": {
    "target": "es2024",
    "module": "nodenext",
    "experimentalDecorators": true,
    "emitDecoratorMetadata": true,
    "strict": true
  }
}
`

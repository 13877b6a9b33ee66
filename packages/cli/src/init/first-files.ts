/** A policy to start from: who may have what. */
export function firstPolicy(service: string): string {
  return `# Who may have what. Try it: writ policy eval -s service:webapp -r invoices -o read -d tenantId=acme -a ${service}

[[objects]]
id = "${service}"

[[objects]]
id = "service:webapp"
capabilities = [{ target = "invoices", operations = ["read"], anchor = "${service}", max_ttl = 300 }]
`
}

/** A schema to start from: what a capability must name. */
export const FIRST_SCHEMA: string = `[[targets]]
id = "invoices"
operations = [{ name = "read", designations = { required = ["tenantId"] } }]
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

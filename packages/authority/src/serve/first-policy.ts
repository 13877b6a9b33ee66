const NAME = /^[a-zA-Z0-9][a-zA-Z0-9:._-]{0,127}$/

/**
 * The policy of an authority that was given none: one administrator, who may do everything with the authority itself.
 *
 * @throws `TypeError` for a name that would not be itself in TOML.
 */
export function firstPolicy(admin: string, authority: string): string {
  for (const [option, name] of [
    ['admin', admin],
    ['name', authority],
  ] as const)
    if (!NAME.test(name)) throw new TypeError(`${option}: must be a name such as service:authority`)
  const grant = (target: string, operations: string) =>
    `  { target = "authority.${target}", operations = [${operations}], anchor = "${authority}" },`
  return `# Who may have what. See https://github.com/writ-tokens/writ/tree/main/packages/engine#the-policy

[[objects]]
id = "${authority}"

# Whoever has the first secret. These rights are for the authority itself.
[[objects]]
id = "${admin}"
capabilities = [
${[
  grant('policy', '"read", "write"'),
  grant('identities', '"mint"'),
  grant('enrolments', '"write"'),
  grant('contexts', '"open"'),
  grant('revocations', '"write"'),
  grant('audit', '"read"'),
  grant('lineage', '"read"'),
  grant('keys', '"rotate"'),
].join('\n')}
]
`
}

/** The name of a service. It stands in code and in a policy as it is, beside two other names. */
export const SERVICE_NAME: RegExp = /^service:(?!(?:authority|webapp)$)[a-z][a-z0-9-]{0,62}$/

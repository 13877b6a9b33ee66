/** The name of a service. It stands in code and in a policy as it is. */
export const SERVICE_NAME: RegExp = /^service:[a-z][a-z0-9-]{0,62}$/

/** A request to the ledger, sent with a capability of acme, and what must come of it. */
export interface LedgerStep {
  /** At most 43 characters. */
  readonly tried: string
  /** Who decides. */
  readonly at: 'guard' | 'database'
  readonly path: string
  /** What the sender is after: invoices of acme alone, anything that names globex, or any row at all. */
  readonly seeks: 'own' | 'globex' | 'any'
  readonly because: string
  /** Default: it passes. */
  readonly promised?: string
}

export interface LedgerScene {
  readonly title: string
  /** Whether the database guards its rows. */
  readonly policies: 'on' | 'off'
  readonly steps: readonly LedgerStep[]
}

/** What a caller types into the field of the search. */
const search = (text: string) => `/acme/invoices/search?customer=${encodeURIComponent(text)}`

const ORDINARY = { tried: 'searches for Initech', at: 'database', path: search('Initech'), seeks: 'own' } as const
const NO_CONDITION = {
  tried: "searches for  %' or true --",
  at: 'database',
  path: search("%' or true --"),
  seeks: 'globex',
} as const
const OTHER_TABLE = {
  tried: "searches for  %' union select ... accounts",
  at: 'database',
  path: search("%' and false union select 0, tenant_id, iban, 0, '' from accounts --"),
  seeks: 'globex',
} as const
const SECRET = {
  tried: "searches for  %' union select ... secret",
  at: 'database',
  path: search("%' and false union select 0, '', inner_key::text, 0, '' from writ.secret --"),
  seeks: 'any',
} as const
const FORGOTTEN = { tried: 'lists all invoices', at: 'database', path: '/acme/invoices', seeks: 'globex' } as const
const OTHER_PATH = {
  tried: "lists globex's invoices",
  at: 'guard',
  path: '/globex/invoices',
  seeks: 'globex',
  because: 'the token names acme',
  promised: 'wrong_designation',
} as const

const NOTHING = 'nothing_of_others'

export const SCENES: readonly LedgerScene[] = [
  {
    title: 'The guard has checked the token. Then the service asks a database that shows it everything.',
    policies: 'off',
    steps: [
      { ...ORDINARY, because: 'the condition of the query says which tenant' },
      OTHER_PATH,
      { ...NO_CONDITION, because: 'the condition is gone, and the answer has invoices of globex' },
      { ...OTHER_TABLE, because: 'the answer has the bank accounts of all tenants' },
      { ...FORGOTTEN, because: 'somebody forgot the condition, and the answer has those of globex' },
    ],
  },
  {
    title: 'The same service and the same texts. Now the database proves the token itself, and shows what that names.',
    policies: 'on',
    steps: [
      { ...ORDINARY, because: 'the policy of the table says which tenant' },
      OTHER_PATH,
      { ...NO_CONDITION, because: 'the token names acme, whatever the query says', promised: NOTHING },
      { ...OTHER_TABLE, because: 'the token is for invoices', promised: NOTHING },
      { ...FORGOTTEN, because: 'the policy stands where the condition is missing', promised: NOTHING },
      { ...SECRET, because: 'the role of the service may not read how tokens are proven', promised: 'not_permitted' },
    ],
  },
]

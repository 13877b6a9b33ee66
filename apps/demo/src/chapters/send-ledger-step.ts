import type { Trial } from '../print/print-chapter.ts'
import type { LedgerStep } from './ledger-scenes.ts'

interface Body {
  readonly code?: string
  readonly invoices?: readonly { readonly tenantId: string }[]
}

/** Sends one request, and judges what came of it. */
export async function sendStep(url: string, token: string, step: LedgerStep): Promise<Trial> {
  const start = performance.now()
  const response = await fetch(url + step.path, { headers: { authorization: `Bearer ${token}` } })
  const body = (await response.json()) as Body
  const milliseconds = performance.now() - start
  const code = response.ok ? codeOfRows(body.invoices ?? [], step.seeks) : (body.code ?? codeOfStatus(response.status))
  const { tried, at, because, promised } = step
  return { tried, at, because, promised, code, kept: code === promised, milliseconds }
}

/** `undefined`: the sender has got what it is after. */
function codeOfRows(rows: NonNullable<Body['invoices']>, seeks: LedgerStep['seeks']): string | undefined {
  if (seeks === 'any') return rows.length > 0 ? undefined : 'nothing'
  const hasOthers = rows.some(({ tenantId }) => tenantId === 'globex')
  if (seeks === 'globex') return hasOthers ? undefined : 'nothing_of_others'
  return rows.length > 0 && !hasOthers ? undefined : 'other_rows'
}

function codeOfStatus(status: number): string {
  return status === 403 ? 'not_permitted' : `status_${status}`
}

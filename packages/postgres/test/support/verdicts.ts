/** A pool of `pg`, or PGlite. */
export interface Queryable {
  query<Row>(text: string, values?: unknown[]): Promise<{ readonly rows: Row[] }>
}

/** What the database says of a token: a code, or what it takes the token for. */
export type Verdict = string | Accepted

export interface Accepted {
  readonly subject: string
  readonly resource: string
  readonly operation: string
  readonly expires: number
  readonly designations: Readonly<Record<string, string>>
}

/** Codes of the database alone, for what it does not support. */
export const OWN_CODES: ReadonlySet<string> = new Set(['unsupported_key', 'unsupported_shape', 'third_party_block'])

/** Installs what `verdictsOf` calls, and a clock that stands still. */
export async function prepareVerdicts(owner: Queryable, seconds?: number): Promise<void> {
  if (seconds !== undefined) {
    await owner.query(
      `create or replace function writ.seconds() returns bigint language sql as 'select ${seconds}::bigint'`,
    )
  }
  await owner.query(`
    create or replace function verdicts_of(tokens text[]) returns jsonb[] language plpgsql as $$
    declare
      token text;
      verdicts jsonb[] := '{}';
    begin
      foreach token in array tokens loop
        perform set_config('writ.session', '', true);
        begin
          perform writ.present(token);
          verdicts := verdicts || (writ.session())[1];
        exception when others then
          verdicts := verdicts || to_jsonb(case when sqlstate = '28W00' then substr(sqlerrm, 7) else sqlstate || ' ' || sqlerrm end);
        end;
      end loop;
      return verdicts;
    end $$`)
}

/** Presents each token as the first one of a transaction. */
export async function verdictsOf(owner: Queryable, tokens: readonly string[]): Promise<readonly Verdict[]> {
  const { rows } = await owner.query<{ verdicts: readonly Verdict[] }>('select to_jsonb(verdicts_of($1)) as verdicts', [
    tokens,
  ])
  return rows[0]?.verdicts ?? []
}

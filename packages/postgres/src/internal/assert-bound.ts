/** Those whose role was looked at. */
const bound = new WeakSet<object>()

const UNBOUND = 'writ: unbound_role'
/** Raises an error, because what a query returns differs from library to library. */
const ASK = `do $$ begin
  if (select rolsuper or rolbypassrls from pg_roles where rolname = current_user) then raise exception '${UNBOUND}'; end if;
end $$`

/**
 * Refuses a role to which policies show everything, whatever was presented. PGlite connects as one by default. It is asked at the end of
 * the first transaction of a database, which may have chosen its role itself.
 *
 * @throws `TypeError` that starts with `database:`.
 */
export async function assertBound(
  database: object,
  query: (text: string, values: unknown[]) => PromiseLike<unknown>,
): Promise<void> {
  if (bound.has(database)) return
  try {
    await query(ASK, [])
  } catch (cause) {
    // A transaction in which a statement has failed answers nothing, and is not committed.
    if (!(cause instanceof Error) || !cause.message.includes(UNBOUND)) return
    throw new TypeError(
      'database: row level security does not bind its role, which is a superuser or has bypassrls: use another one',
    )
  }
  bound.add(database)
}

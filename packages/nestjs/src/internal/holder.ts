import type { ExecutionContext } from '@nestjs/common'
import type { Callable } from './declarations.ts'

type Handlers = WeakMap<Callable, object>
const holders = new WeakMap<object, WeakMap<Callable, Handlers>>()

/**
 * The object that holds the capability of one run of a handler. For HTTP it is the request. Elsewhere it is found by an
 * argument that no other run has: the last argument of a resolver or message handler, or the payload of a message to a
 * gateway. Several handlers may get the same event, so each of them has its own holder.
 */
export function holderOf(context: ExecutionContext): object {
  if (context.getType() === 'http') return context.switchToHttp().getRequest()
  const args: unknown[] = context.getArgs()
  const own = context.getType() === 'ws' ? args[1] : args.at(-1)
  // A new object never has a capability, so the caller gets none.
  if (typeof own !== 'object' || own === null) return {}
  return of(of(of(holders, own), context.getClass()), context.getHandler())
}

/** The value of a key, created at first use. */
function of<Key extends object, Value extends object>(map: WeakMap<Key, Value>, key: Key): Value {
  const value = map.get(key) ?? (new WeakMap() as object as Value)
  map.set(key, value)
  return value
}

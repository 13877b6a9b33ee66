import { type Faults, within } from './faults.ts'
import { isBelow, namesAbove } from './names.ts'
import type { Declared } from './read-object.ts'

/** Reports parents and anchors that no object declares, cycles, and children that have no parent where they need one. */
export function checkLinks(declared: readonly Declared[], byId: ReadonlyMap<string, Declared>, faults: Faults): void {
  const inCycle = idsInCycles(byId)
  for (const { object, place, grants } of declared) {
    const { id, parent } = object
    for (const [index, { anchor }] of object.grants.entries()) {
      if (typeof anchor !== 'string' || byId.has(anchor)) continue
      const where = grants[index] ?? place
      faults.add('unknown_anchor', within(where, 'anchor'), `no object has the id ${JSON.stringify(anchor)}`)
    }
    if (parent !== undefined && !byId.has(parent)) {
      faults.add('unknown_parent', within(place, 'parent'), `no object has the id ${JSON.stringify(parent)}`)
    } else if (inCycle.has(id)) {
      faults.add('parent_cycle', within(place, 'parent'), 'leads back to the object itself')
    }
    const above = namesAbove(id).find((name) => byId.get(name)?.object.identity.delegatable)
    if (above !== undefined && parent !== above && !(parent !== undefined && isBelow(parent, above))) {
      const message = `must be ${JSON.stringify(above)} or a name below it, because the holder of that identity can speak as it`
      faults.add('parent_required', within(place, 'parent'), message)
    }
  }
}

/** The ids that are their own ancestors. Each object is visited once. */
function idsInCycles(byId: ReadonlyMap<string, Declared>): ReadonlySet<string> {
  const done = new Set<string>()
  const inCycle = new Set<string>()
  for (const start of byId.keys()) {
    const path: string[] = []
    const onPath = new Set<string>()
    let id: string | undefined = start
    while (id !== undefined && !done.has(id) && !onPath.has(id)) {
      path.push(id)
      onPath.add(id)
      id = byId.get(id)?.object.parent
    }
    if (id !== undefined && onPath.has(id)) for (const member of path.slice(path.indexOf(id))) inCycle.add(member)
    for (const visited of path) done.add(visited)
  }
  return inCycle
}

export type { DelegationLine } from './describe-delegations.ts'
export { runScenes, type Teller } from './run-scenes.ts'
export type { Scene, Step, Told } from './scene.ts'
export { SCENES } from './scenes.ts'

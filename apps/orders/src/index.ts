export { ANCHOR, type CreateAppOptions, createApp, type Downstream } from './create-app.ts'
export type { Item, Order } from './open-order.ts'

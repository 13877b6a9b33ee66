export { ANCHOR, type CreateAppOptions, createApp } from './create-app.ts'
export type { Item, Order } from './open-order.ts'

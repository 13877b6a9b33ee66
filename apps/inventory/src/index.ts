export { ANCHOR, type CreateAppOptions, createApp } from './create-app.ts'
export { createStockStore, type Reservation, type Stock, type StockStore } from './stock.ts'

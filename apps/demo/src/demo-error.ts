/** An error that ends the demo, worded for the person who runs it: a stack would not help. */
export class DemoError extends Error {
  override name = 'DemoError'
}

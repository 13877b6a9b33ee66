/** What the demo cannot go on after, in words for whoever runs it: its stack would say nothing. */
export class DemoError extends Error {
  override name = 'DemoError'
}

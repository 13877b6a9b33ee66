import { once } from 'node:events'
import { createServer, type RequestListener, request } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Somebody who listens between two services: hands every request on as it is, and keeps the tokens. */
export interface Tap {
  readonly url: string
  /** The tokens that were heard so far. */
  readonly heard: readonly string[]
  /** Where requests go from now on; before, they are answered 503. */
  connectTo(url: string): void
  close(): void
}

export async function startTap(): Promise<Tap> {
  const heard: string[] = []
  let target: string | undefined

  const listen: RequestListener = (req, res) => {
    const [, token] = /^Bearer (.+)$/.exec(req.headers.authorization ?? '') ?? []
    if (token !== undefined) heard.push(token)
    if (target === undefined) {
      res.writeHead(503).end()
      return
    }
    const onward = request(target, { method: req.method, path: req.url, headers: req.headers }, (answer) => {
      res.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(res)
    })
    onward.on('error', () => res.destroy())
    req.pipe(onward)
  }

  const server = createServer(listen).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    heard,
    connectTo(url) {
      target = url
    },
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

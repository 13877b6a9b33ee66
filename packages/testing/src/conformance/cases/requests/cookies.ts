import { expectPass, expectRefusal } from '../../expect-answer.ts'
import type { RawResponse } from '../../raw-request.ts'
import { INVOICE, INVOICE_ROUTE, route, type Scenario, type Scene } from '../../scene.ts'

type Headers = readonly (readonly [string, string])[]

const NAME = '__Host-writ'
const APP = 'https://app.example'

const app = () => ({
  options: { tokenFrom: { cookie: NAME, allowedOrigins: [APP] } },
  routes: [
    INVOICE_ROUTE,
    route('POST', INVOICE_ROUTE.path, { requirement: { resource: 'invoices', designate: ['tenantId', 'invoiceId'] } }),
  ],
})

/** Sends the invoice with these headers. */
const send = (scene: Scene, headers: Headers, method = 'GET'): Promise<RawResponse> =>
  scene.send({ method, path: INVOICE, headers })

const cookie = (text: string) => ['Cookie', text] as const

/** A token in a cookie, which a browser sends whoever asks for it. */
export const cookies: readonly Scenario[] = [
  {
    name: 'tokenFrom takes the token from a cookie, beside others, as frameworks write it',
    app,
    async run(scene) {
      const token = await scene.token()
      for (const value of [token, encodeURIComponent(token), token.replaceAll('=', ''), `"${token}"`]) {
        expectPass(await send(scene, [cookie(`theme=dark; ${NAME}=${value}; lang=en`)]))
      }
    },
  },
  {
    name: 'with a cookie, the token comes from nowhere else, and a Bearer credential beside it is a second one',
    app,
    async run(scene) {
      const token = await scene.token()
      expectRefusal(await scene.get(INVOICE, token), 'missing_token')
      expectRefusal(await scene.get(`${INVOICE}?${NAME}=${token}`), 'missing_token')
      expectRefusal(await send(scene, [cookie(`other=${token}`)]), 'missing_token')
      expectRefusal(await send(scene, [cookie(`${NAME.toUpperCase()}=${token}`)]), 'missing_token')
      expectRefusal(await send(scene, [cookie(`${NAME}=`)]), 'missing_token')
      const both = [cookie(`${NAME}=${token}`), ['Authorization', `Bearer ${token}`]] as const
      expectRefusal(await send(scene, both), 'malformed_token')
      expectPass(await send(scene, [cookie(`${NAME}=${token}`), ['Authorization', 'Basic eA==']]))
    },
  },
  {
    name: 'a cookie of that name that comes twice is refused, in one header or in several',
    app,
    async run(scene) {
      const pair = `${NAME}=${await scene.token()}`
      const foreign = `${NAME}=${await scene.token({ subject: 'mallory' })}`
      for (const [first, second] of [
        [pair, pair],
        [pair, foreign],
        [foreign, pair],
        [pair, `${NAME}=`],
      ] as const) {
        expectRefusal(await send(scene, [cookie(`${first}; ${second}`)]), 'malformed_token')
        expectRefusal(await send(scene, [cookie(first), cookie(second)]), 'malformed_token')
        expectRefusal(await send(scene, [cookie(`${first}, ${second}`)]), 'malformed_token')
      }
      expectRefusal(await send(scene, [cookie(`theme=dark,${foreign}`)]), 'malformed_token')
    },
  },
  {
    name: 'a write by cookie passes if a page of this site or of an allowed origin asks, and is refused otherwise',
    app,
    async run(scene) {
      const own = cookie(`${NAME}=${await scene.token({ operation: 'write' })}`)
      const post = (...headers: Headers) => send(scene, [own, ...headers], 'POST')
      for (const headers of [
        [],
        [['Origin', 'https://mallory.example']],
        [['Origin', 'null']],
        [['Origin', `${APP}.mallory.example`]],
        [['Sec-Fetch-Site', 'cross-site']],
        [
          ['Sec-Fetch-Site', 'same-site'],
          ['Origin', 'https://shop.app.example'],
        ],
        [
          ['Sec-Fetch-Site', 'same-origin'],
          ['Sec-Fetch-Site', 'cross-site'],
        ],
      ] as const) {
        expectRefusal(await post(...headers), 'cross_site')
      }
      expectPass(await post(['Sec-Fetch-Site', 'same-origin']))
      expectPass(await post(['Sec-Fetch-Site', 'none']))
      expectPass(await post(['Origin', APP]))
      expectPass(await post(['Sec-Fetch-Site', 'cross-site'], ['Origin', APP]))
      expectRefusal(await send(scene, [cookie(`${NAME}=nonsense`)], 'POST'), 'cross_site')
      expectRefusal(await send(scene, [], 'POST'), 'missing_token')
    },
  },
  {
    name: 'a GET by cookie passes whoever asks, but an upgrade must say that this site asks',
    app,
    async run(scene) {
      const own = cookie(`${NAME}=${await scene.token()}`)
      expectPass(await send(scene, [own, ['Sec-Fetch-Site', 'cross-site']]))
      const upgrade = [own, ['Upgrade', 'websocket'], ['Origin', 'https://mallory.example']] as const
      expectRefusal(await send(scene, upgrade), 'cross_site')
      expectPass(await send(scene, [own, ['Upgrade', 'websocket'], ['Origin', APP]]))
    },
  },
]

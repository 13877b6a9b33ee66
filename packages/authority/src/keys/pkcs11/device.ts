import pkcs11js, { type Handle, type PKCS11, type Template } from 'pkcs11js'

/** Which token of which library, and how to log in. */
export interface DeviceOptions {
  /** The path of the device's PKCS #11 library: `/usr/lib/softhsm/libsofthsm2.so`. */
  readonly library: string
  /** The label of the token. */
  readonly token: string
  /** The user's PIN. It is never printed. */
  readonly pin: string
}

/** A token of a device, logged in when it is first used and again after it has failed. */
export class Device {
  readonly #options: DeviceOptions
  readonly #module: PKCS11
  #session: Handle | undefined
  #lastWork: Promise<unknown> = Promise.resolve()

  /** @throws Error if the library cannot be loaded. */
  constructor(options: DeviceOptions) {
    this.#options = options
    this.#module = new pkcs11js.PKCS11()
    this.#module.load(options.library)
    this.#tolerate(pkcs11js.CKR_CRYPTOKI_ALREADY_INITIALIZED, () => this.#module.C_Initialize())
  }

  /** One after the other, because a session has one operation at a time. What failed may be the session: it is not used again. */
  work<Result>(act: (module: PKCS11, session: Handle) => Result | Promise<Result>): Promise<Result> {
    const result = this.#lastWork.then(async () => {
      try {
        this.#session ??= this.#open()
        return await act(this.#module, this.#session)
      } catch (error) {
        this.#closeSession()
        throw error
      }
    })
    this.#lastWork = result.catch(() => undefined)
    return result
  }

  /** The only object that has all of these attributes. */
  static find(module: PKCS11, session: Handle, attributes: Template): Handle {
    module.C_FindObjectsInit(session, attributes)
    let found: readonly Handle[]
    try {
      found = module.C_FindObjects(session, 2)
    } finally {
      module.C_FindObjectsFinal(session)
    }
    const [object, another] = found
    if (object === undefined) throw new Error('the device does not have this key')
    if (another !== undefined) throw new Error('the device has two keys of this id')
    return object
  }

  /** Ends the session, and what the whole process does with the library. */
  async close(): Promise<void> {
    await this.#lastWork
    this.#closeSession()
    this.#module.C_Finalize()
    this.#module.close()
  }

  #open(): Handle {
    const { token, pin } = this.#options
    const slots = this.#module
      .C_GetSlotList(true)
      .filter((slot) => this.#module.C_GetTokenInfo(slot).label.trim() === token)
    const [slot, another] = slots
    if (slot === undefined) throw new Error(`the device has no token ${token}`)
    if (another !== undefined) throw new Error(`the device has two tokens ${token}`)
    const session = this.#module.C_OpenSession(slot, pkcs11js.CKF_RW_SESSION | pkcs11js.CKF_SERIAL_SESSION)
    try {
      const login = () => this.#module.C_Login(session, pkcs11js.CKU_USER, pin)
      this.#tolerate(pkcs11js.CKR_USER_ALREADY_LOGGED_IN, login)
    } catch (error) {
      this.#module.C_CloseSession(session)
      throw error
    }
    return session
  }

  #closeSession(): void {
    const session = this.#session
    this.#session = undefined
    try {
      if (session !== undefined) this.#module.C_CloseSession(session)
    } catch {
      // It is gone already.
    }
  }

  #tolerate(code: number, act: () => void): void {
    try {
      act()
    } catch (error) {
      if (!(error instanceof pkcs11js.Pkcs11Error) || error.code !== code) throw error
    }
  }
}

import { ConfigurableModuleBuilder, type ConfigurableModuleCls, Module, type Type } from '@nestjs/common'
import {
  APP_GUARD,
  ApplicationConfig,
  DiscoveryModule,
  HttpAdapterHost,
  ModuleRef,
  ModulesContainer,
} from '@nestjs/core'
import { createGuardEngine, type GuardEngine, type HttpGuardOptions, type NodeRequest } from '@writ/http'
import { CapabilityFilter } from './capability-filter.ts'
import { CapabilityGuard, WRIT_ENGINE, WRIT_GUARD } from './capability-guard.ts'
import { guardOfApp } from './internal/guard-of-app.ts'
import { assertMessagesGuarded } from './startup/assert-messages-guarded.ts'
import { gatewayListeners } from './startup/gateway-listeners.ts'
import { startupCheck } from './startup/startup-check.ts'

const OPTIONS: unique symbol = Symbol('writ:options')

/**
 * The injection token of options that a test sets in place of those of the app: `overrideProvider(WRIT_TEST_OPTIONS)` of a
 * testing module. Nothing else reaches it, since `WritModule` has the provider itself and exports it to nobody.
 *
 * @example
 * ```ts
 * import { Test } from '@nestjs/testing'
 * import { WRIT_TEST_OPTIONS, WritModule } from '@writ/nestjs'
 * import { createTestAuthority } from '@writ/testing'
 *
 * const authority = await createTestAuthority()
 * const module = await Test.createTestingModule({
 *   imports: [WritModule.forRoot({ keys: process.env['WRIT_PUBLIC_KEY'], anchor: 'service:orders' })],
 * })
 *   .overrideProvider(WRIT_TEST_OPTIONS)
 *   .useValue({ keys: authority.publicKey, now: authority.now })
 *   .compile()
 * ```
 */
export const WRIT_TEST_OPTIONS: unique symbol = Symbol('writ:test-options')
type TestOptions = Partial<HttpGuardOptions<NodeRequest>>

/** The options of a verifier, of a guard and of the module, in one flat object. */
export type WritOptions = HttpGuardOptions<NodeRequest> & {
  /**
   * Throw when the app starts if a route declares nothing, or designates by a param that its path does not have. Default
   * `true`.
   */
  readonly checkRoutes?: boolean | undefined
}

/** What is given beside the options, even if a factory makes these. */
export interface WritModuleExtras {
  /**
   * Whether other modules may inject the guard without importing this module; every route is guarded either way. Default
   * `true`.
   */
  readonly isGlobal: boolean
  /** A subclass of the guard that knows more kinds of requests. Default: `CapabilityGuard`. */
  readonly guard: Type<CapabilityGuard>
}

const Configurable: ConfigurableModuleCls<WritOptions, 'forRoot', 'create', WritModuleExtras> =
  new ConfigurableModuleBuilder<WritOptions>({ optionsInjectionToken: OPTIONS })
    .setClassMethodName('forRoot')
    .setExtras<WritModuleExtras>({ isGlobal: true, guard: CapabilityGuard }, (definition, { isGlobal, guard }) => ({
      ...definition,
      global: isGlobal,
      providers: [
        ...(definition.providers ?? []),
        { provide: WRIT_TEST_OPTIONS, useValue: {} },
        { provide: WRIT_ENGINE, useFactory: engineOf, inject: [OPTIONS, WRIT_TEST_OPTIONS] },
        { provide: CapabilityGuard, useClass: guard },
        { provide: WRIT_GUARD, useExisting: CapabilityGuard },
        { provide: APP_GUARD, useFactory: guardOfApp, inject: [CapabilityGuard, ModulesContainer] },
        { provide: CapabilityFilter, useFactory: lastFilter, inject: [ApplicationConfig] },
        { provide: assertMessagesGuarded, useFactory: assertMessagesGuarded, inject: [ModulesContainer, WRIT_ENGINE] },
        { provide: gatewayListeners, useFactory: gatewayListeners, inject: [ApplicationConfig, HttpAdapterHost] },
        { provide: startupCheck, useFactory: startupCheck, inject: [OPTIONS, ModuleRef, WRIT_ENGINE] },
      ],
      exports: [CapabilityGuard],
    }))
    .build().ConfigurableModuleClass

function engineOf({ checkRoutes: _, ...options }: WritOptions, ofTest: TestOptions): GuardEngine<NodeRequest> {
  return createGuardEngine({ ...options, ...ofTest })
}

/** Nest asks the last filter first. This one is registered before those of the app, so it is asked after them. */
function lastFilter(config: ApplicationConfig): CapabilityFilter {
  const filter = new CapabilityFilter()
  config.addGlobalFilter(filter)
  return filter
}

/**
 * Guards every route of a Nest app: `WritModule.forRoot(options)`, or `forRootAsync({ useFactory, inject })`, in the
 * imports of the root module. A route that no decorator declares is denied; with `checkRoutes` the app does not start at
 * all.
 *
 * @throws `TypeError` when the app is created, naming the option that is missing, unknown or wrong.
 *
 * @example
 * ```ts
 * import { Module } from '@nestjs/common'
 * import { WritModule } from '@writ/nestjs'
 *
 * @Module({
 *   imports: [WritModule.forRoot({ keys: process.env['WRIT_PUBLIC_KEY'], anchor: 'service:orders' })],
 * })
 * export class AppModule {}
 * ```
 */
@Module({ imports: [DiscoveryModule] })
export class WritModule extends Configurable {}

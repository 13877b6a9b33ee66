import type { INestApplicationContext } from '@nestjs/common'
import { ModuleRef } from '@nestjs/core'
import type { ListedRoute } from '@writ/http'
import { controllerRoutes } from './startup/controller-routes.ts'

/**
 * Lists the routes of the controllers of an app, with what stands before each: what a security review prints. Resolvers, gateways
 * and message handlers have no path, and are not listed.
 *
 * @param app - An app that was created with a `WritModule`; it need not listen.
 *
 * @example
 * ```ts
 * import { Controller, Get, Module } from '@nestjs/common'
 * import { NestFactory } from '@nestjs/core'
 * import { listRoutes, RequireCapability, WritModule } from '@writ/nestjs'
 *
 * @Controller(':tenantId/invoices')
 * class InvoicesController {
 *   @Get()
 *   @RequireCapability({ resource: 'invoices', designate: ['tenantId'] })
 *   list() {
 *     return []
 *   }
 * }
 *
 * @Module({
 *   imports: [WritModule.forRoot({ keys: process.env['WRIT_PUBLIC_KEY'], anchor: 'service:billing' })],
 *   controllers: [InvoicesController],
 * })
 * class AppModule {}
 *
 * for (const { method, path } of listRoutes(await NestFactory.create(AppModule))) console.log(method, path)
 * ```
 */
export function listRoutes(app: INestApplicationContext): readonly ListedRoute[] {
  return controllerRoutes(app.get(ModuleRef, { strict: false }))
}

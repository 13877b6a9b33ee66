import { describe, expect, it } from 'vitest'
import { describeResource, type ResourceDescription } from '../src/index.ts'

const billing = { resource: 'https://billing.example', authorizationServers: ['https://authority.example'] }

describe('the metadata of a resource', () => {
  it('name it, its authorities and its scopes', () => {
    expect(describeResource({ ...billing, scopes: ['invoices:read'], name: 'Billing' }).document).toEqual({
      resource: 'https://billing.example',
      authorization_servers: ['https://authority.example'],
      scopes_supported: ['invoices:read'],
      bearer_methods_supported: ['header'],
      authorization_details_types_supported: ['writ_capability'],
      resource_name: 'Billing',
    })
    expect(describeResource(billing).document).not.toHaveProperty('scopes_supported')
  })

  // RFC 9728 section 3.1.
  it.each([
    ['https://billing.example', '/.well-known/oauth-protected-resource', ''],
    ['https://billing.example/', '/.well-known/oauth-protected-resource', ''],
    ['https://billing.example/v1', '/.well-known/oauth-protected-resource/v1', ''],
    ['https://billing.example/v1/?a=b', '/.well-known/oauth-protected-resource/v1/', '?a=b'],
  ])('of %s are served between its host and its path', (resource, path, query) => {
    const described = describeResource({ ...billing, resource })
    expect([described.path, described.url]).toEqual([path, `https://billing.example${path}${query}`])
    expect(described.document.resource).toBe(resource)
  })

  it.each<[string, object, RegExp]>([
    ['an unknown member', { ...billing, scope: 'a' }, /^scope: unknown/],
    ['no URL', { ...billing, resource: undefined }, /^resource:/],
    ['a URL over http', { ...billing, resource: 'http://billing.example' }, /^resource:/],
    ['a URL with a fragment', { ...billing, resource: 'https://billing.example#a' }, /^resource:/],
    ['a URL with a password', { ...billing, resource: 'https://a:b@billing.example' }, /^resource:/],
    ['no authority', { ...billing, authorizationServers: [] }, /^authorizationServers:/],
    ['an authority that is no URL', { ...billing, authorizationServers: ['authority'] }, /^authorizationServers:/],
    ['a scope with a space', { ...billing, scopes: ['a b'] }, /^scopes:/],
    ['scopes that are a text', { ...billing, scopes: 'a:b' }, /^scopes:/],
    ['a name that is a number', { ...billing, name: 7 }, /^name:/],
  ])('cannot be made of %s', (_, description, message) => {
    expect(() => describeResource(description as ResourceDescription)).toThrow(message)
    expect(() => describeResource(description as ResourceDescription)).toThrow(TypeError)
  })
})

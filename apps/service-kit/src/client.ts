// Apart from the rest: it narrows capabilities, and a service that only verifies has no need of that.
export {
  createServiceClient,
  type ServiceCall,
  type ServiceClient,
  type ServiceClientOptions,
} from './create-service-client.ts'

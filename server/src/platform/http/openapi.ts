import { z } from 'zod'
import { endpointOf } from './api.ts'
import { endpointNames } from './endpoints.ts'

const errorSchema = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    problems: z.array(z.object({ path: z.string(), message: z.string() })),
    requestId: z.string(),
  }),
})

type JsonSchema = z.core.JSONSchema.JSONSchema

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

/** Points every reference into a schema's own `$defs` at the document's shared schemas. */
function withSharedRefs(value: unknown, prefix: string): unknown {
  if (Array.isArray(value)) return value.map((item) => withSharedRefs(item, prefix))
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) =>
      name === '$ref' && typeof item === 'string' ? [name, item.replace('#/$defs/', prefix)] : [name, withSharedRefs(item, prefix)],
    ),
  )
}

/** OpenAPI 3.1 of the endpoint table. Public routes outside the table (intake, links, callbacks) are not in it. */
export function openApi(version: string): object {
  const shared: Record<string, unknown> = {}

  function schemaOf(name: string, schema: z.ZodType, io: 'input' | 'output'): unknown {
    const { $schema: _, $defs = {}, ...rest }: JsonSchema = z.toJSONSchema(schema, { io, unrepresentable: 'any' })
    const prefix = `#/components/schemas/${name}_`
    for (const [key, definition] of Object.entries($defs)) shared[`${name}_${key}`] = withSharedRefs(definition, prefix)
    return withSharedRefs(rest, prefix)
  }

  function parametersOf(schema: z.ZodObject, place: 'path' | 'query'): object[] {
    const { properties = {}, required = [] }: JsonSchema = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
    return Object.entries(properties).map(([name, property]) => ({
      name,
      in: place,
      required: place === 'path' || required.includes(name),
      schema: property,
    }))
  }

  const json = (schema: unknown) => ({ 'application/json': { schema } })

  const paths: Record<string, Record<string, object>> = {}
  for (const name of endpointNames) {
    const { method, path, permission, params, query, body, response } = endpointOf(name)
    const address = path.replace(/:(\w+)/g, '{$1}')
    paths[address] = {
      ...paths[address],
      [method.toLowerCase()]: {
        operationId: name,
        description: permission === 'public' ? 'No login.' : permission === null ? 'Needs a login.' : `Needs \`${permission}\`.`,
        security: permission === 'public' ? [] : [{ session: [] }, { apiKey: [] }],
        parameters: [...parametersOf(params, 'path'), ...parametersOf(query, 'query')],
        ...(method === 'POST' || method === 'PUT' ? { requestBody: { content: json(schemaOf(`${name}_input`, body, 'input')) } } : {}),
        responses: {
          200: { description: 'OK', content: json(schemaOf(`${name}_output`, response, 'output')) },
          default: { description: 'An error of the registry', content: json({ $ref: '#/components/schemas/Error' }) },
        },
      },
    }
  }
  shared.Error = schemaOf('Error', errorSchema, 'output')
  return {
    openapi: '3.1.0',
    info: { title: 'Chaoxi', version },
    paths,
    components: {
      schemas: shared,
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: 'chaoxi_session' },
        apiKey: { type: 'http', scheme: 'bearer' },
      },
    },
  }
}

import { type Problem, problem } from '@tillwatch/shared/api'
import { z } from 'zod'

/** What went wrong with a request, in the words of the server where it had some. `status` 0 means that no answer came. */
export class ApiProblem extends Error {
  readonly status: number
  readonly code: string
  readonly nextStep: string | undefined
  readonly fields: NonNullable<Problem['fields']>

  constructor(status: number, body: Problem) {
    super(body.message)
    this.name = 'ApiProblem'
    this.status = status
    this.code = body.code
    this.nextStep = body.nextStep
    this.fields = body.fields ?? []
  }
}

/** Nothing in the body is of interest (204, or an answer that the caller asks for again anyway). */
export const nothing = z.unknown()

interface RequestOptions {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly body?: unknown
  readonly signal?: AbortSignal
}

type Query = Readonly<Record<string, string | number | boolean | null | undefined>>

/** Path with the parameters that have a value. */
export function address(path: string, query: Query = {}): string {
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') parameters.set(name, String(value))
  }
  const text = parameters.toString()
  return text ? `${path}?${text}` : path
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function problemOf(status: number, text: string): ApiProblem {
  const parsed = problem.safeParse(parseJson(text))
  return new ApiProblem(status, parsed.success ? parsed.data : { code: `http.${status}`, message: '' })
}

/**
 * Asks the collector and checks the answer against its schema.
 * Throws ApiProblem only: `network.unreachable` without an answer, `response.invalid` when it is not what the contract says.
 */
export async function request<T>(schema: z.ZodType<T>, path: string, options: RequestOptions = {}): Promise<T> {
  const headers: Record<string, string> = {
    accept: 'application/json',
    'accept-language': document.documentElement.lang,
  }
  if (options.body !== undefined) headers['content-type'] = 'application/json'
  let status: number
  let text: string
  try {
    const response = await fetch(path, {
      method: options.method ?? 'GET',
      credentials: 'same-origin',
      headers,
      body: options.body === undefined ? null : JSON.stringify(options.body),
      signal: options.signal ?? null,
    })
    status = response.status
    text = await response.text()
  } catch (thrown) {
    if (options.signal?.aborted) throw thrown
    throw new ApiProblem(0, { code: 'network.unreachable', message: '' })
  }
  if (status >= 400) throw problemOf(status, text)
  const parsed = schema.safeParse(text ? parseJson(text) : undefined)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw new ApiProblem(status, {
    code: 'response.invalid',
    message: issue ? `${path}: ${issue.path.join('.')}: ${issue.message}` : path,
  })
}

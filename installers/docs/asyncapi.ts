import { commandMessage, downMessage, envelope, hello, SHARDS, status, WIRE_VERSION } from '@tillwatch/shared'
import { z } from 'zod'

const schemaOf = (schema: z.ZodType): unknown => {
  const { $schema: _draft, ...body } = z.toJSONSchema(schema, { io: 'input' })
  return body
}

const topic = (channel: string): string => `tillwatch/v${WIRE_VERSION}/{shard}/{agent}/${channel}`
const parameters = {
  shard: { description: `hash of the agent id modulo ${SHARDS} (FNV-1a, 32 bits)` },
  agent: { description: 'agent id; also client id and user name' },
}
const channel = (name: string, messages: readonly string[]) => ({
  address: topic(name),
  parameters,
  messages: Object.fromEntries(messages.map(message => [message, { $ref: `#/components/messages/${message}` }])),
})
const operation = (action: 'send' | 'receive', name: string, summary: string) => ({
  action,
  channel: { $ref: `#/channels/${name}` },
  summary,
})
const message = (summary: string, schema: z.ZodType) => ({
  summary,
  contentType: 'application/json',
  payload: schemaOf(schema),
})

/** The wire between agent and collector as an AsyncAPI 3.0 document, made from the schemas that both ends check with. */
export const asyncApi = (version: string): object => ({
  asyncapi: '3.0.0',
  info: {
    title: 'Tillwatch wire',
    version,
    description: 'What an agent and the collector say to one another over MQTT 3.1.1 with TLS, QoS 1, clean sessions.',
    license: { name: 'Apache-2.0' },
  },
  channels: {
    up: channel('up', ['hello', 'message']),
    status: channel('status', ['status']),
    down: channel('down', ['down', 'command']),
  },
  operations: {
    tell: operation('send', 'up', 'The agent says where its outbox stands, then its messages in order.'),
    presence: operation('send', 'status', 'Retained; also the last will.'),
    answer: operation(
      'receive',
      'down',
      'The collector says what is stored, asks to wait, or asks for one of a closed set of things.',
    ),
  },
  components: {
    messages: {
      hello: message('Sent on every connect, outside the sequence.', hello),
      message: message(
        'A reading, an event, a piece of log or the result of a command, known for ever by agent, epoch and seq.',
        envelope,
      ),
      status: message('Online, or gone.', status),
      down: message('Stored up to a mark, hold, or a command of which only the frame is known.', downMessage),
      command: message(
        'All that a collector can ask of an agent. Anything else is refused with a result.',
        commandMessage,
      ),
    },
  },
})

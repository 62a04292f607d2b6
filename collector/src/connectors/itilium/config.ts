import { z } from 'zod'
import { deskBase, deskUrl, RATE_MIN, secretReference } from '../settings.ts'
import { phaseNames } from '../ticket-state.ts'

const name = z.string().min(1).max(100)
const method = z.string().regex(/^[\p{L}\w]+$/u, 'the name of a method of the HTTP service')

/** Methods of the HTTP service, under its address. */
const methods = z
  .strictObject({
    list: method.default('getIncidentsList'),
    read: method.default('extGetDetailIncidentInfo'),
    act: method.default('performCustomActionWithIncident'),
    /** Proves the service at a test; null asks nothing. */
    components: method.nullable().default('getServiceComponents'),
  })
  .prefault({})

/** What `methods.act` is told to do. */
const actions = z
  .strictObject({
    create: name.default('RegisterIncident'),
    comment: name.default('AddNewCommunication'),
    file: name.default('AddNewCommunicationWithFile'),
    /** The name of this one is not documented. Null: states are never set, a comment says what happened. */
    state: name.nullable().default('ChangeState'),
    /** Not documented either; by default a rise of the priority is a comment. */
    priority: name.nullable().default(null),
  })
  .prefault({})

/** Names of members in what we send. */
const request = z
  .strictObject({
    action: name.default('Action'),
    uuid: name.default('uuid'),
    target: name.default('IncUuid'),
    client: name.default('ClientUuid'),
    initiator: name.default('InitiatorUuid'),
    list_initiator: name.default('initiatorUuid'),
    service: name.default('ServiceUuid'),
    composition: name.default('CompositionServiceUuid'),
    type: name.default('TypeUuid'),
    topic: name.default('Topic'),
    description: name.default('Description'),
    comment: name.default('Commentary'),
    state: name.default('StateUuid'),
    priority: name.default('PriorityUuid'),
    components_service: name.default('servCompServiceUuid'),
  })
  .prefault({})

/** Names of members in what comes back. */
const answer = z
  .strictObject({
    incidents: name.default('Incidents'),
    uuid: name.default('linkUuid'),
    number: name.default('number'),
    date: name.default('date'),
    state: name.default('state'),
    topic: name.default('topic'),
    description: name.default('description'),
    states: name.default('availableStates'),
    state_name: name.default('name'),
    state_uuid: name.default('uuid'),
    responsible: name.default('responsible'),
    priority: name.default('priority'),
    /** Null where the details of an incident have no comments: then they cannot be read back. */
    comments: name.nullable().default('communications'),
    comment_uuid: name.default('uuid'),
    comment_text: name.default('text'),
    comment_author: name.default('author'),
    comment_date: name.default('date'),
    /** Members that say that something went wrong, in an answer with 200 too. */
    errors: z.array(name).default(['error', 'Error', 'errorText', 'ErrorText', 'Ошибка', 'ТекстОшибки']),
    /** Words of an error by which an incident is there no more. */
    gone: z.array(name).default(['не найден', 'not found']),
  })
  .prefault({})

/** Settings of a 1C:ITILIUM desk over its HTTP service. Whatever its configuration may call otherwise is a setting. */
export const itiliumConfig = z.strictObject({
  kind: z.literal('itilium'),
  ...deskBase,
  /** Of the HTTP service: https://<host>/<infobase>/hs/externalapi */
  url: deskUrl.transform(url => url.replace(/\/+$/, '')),
  /** A user of 1C. */
  user: z.string().min(1),
  /** The password of that user. */
  secret: secretReference,
  /** In whose name incidents are registered; only this initiator's are looked through. */
  initiator: z.guid(),
  client: z.guid().optional(),
  service: z.guid().optional(),
  composition: z.guid().optional(),
  type: z.guid().optional(),
  /** Further members of a new incident, as they are. */
  fields: z.record(name, z.string()).default({}),
  methods,
  actions,
  request,
  answer,
  states: z
    .strictObject({
      solved: name.default('Решено'),
      reopened: name.default('В работе'),
      /** Tried in between, in this order, when a state is not offered. */
      through: z.array(name).default(['В работе']),
      closed: z.array(name).default(['Закрыто']),
      ...phaseNames({
        inWork: ['В работе'],
        waiting: ['Ожидает ответа', 'Ожидание'],
        rejected: ['Отклонено', 'Отменено'],
      }),
    })
    .prefault({}),
  /** What the service takes and gives for our priorities 1–4; without it the desk sets them itself. */
  priorities: z.strictObject({ 1: name, 2: name, 3: name, 4: name }).optional(),
  /** Times of 1C have no zone: this one is meant. */
  utc_offset: z
    .string()
    .regex(/^[+-]\d\d:\d\d$/, 'like +03:00')
    .default('+03:00'),
  /** How far back the newest incidents are looked through for a key: longer than a message is tried, which is three days. */
  search_days: z.number().int().min(4).max(365).default(14),
  /** How long what people change in an incident is followed. */
  follow_days: z.number().int().min(4).max(365).default(60),
  rate_per_s: z.number().min(RATE_MIN).max(5).default(1),
  title_max: z.number().int().min(80).max(500).default(150),
  /** Largest file in bytes; base64 adds a third. 0 sends none. */
  file_max: z
    .number()
    .int()
    .min(0)
    .default(3 * 1024 * 1024),
  /** Allows an address inside a private network. */
  allow_private: z.boolean().default(false),
})
export type ItiliumConfig = z.infer<typeof itiliumConfig>

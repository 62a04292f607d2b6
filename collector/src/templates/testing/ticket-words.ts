import type { DatabaseSync } from 'node:sqlite'
import type { TicketWords } from '../../incidents/incident-keeper.ts'
import { createTicketContextReader } from '../../incidents/ticket-context.ts'
import { createTemplateStore } from '../template-store.ts'
import { createTicketWriter } from '../ticket-writer.ts'

/** Tickets in the words of the templates of that file, without known errors and links. */
export const ticketWords = (database: DatabaseSync): TicketWords => ({
  contextOf: createTicketContextReader(database),
  writer: createTicketWriter(createTemplateStore(database), {
    knownErrorOf: () => null,
    publicUrl: null,
    runbookOf: () => null,
  }),
})

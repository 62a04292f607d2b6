import { Button, Group, Modal, Select, Stack, Textarea, TextInput } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconPlus } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { HUMAN_CHANNELS, type InboundTicket } from '@tillwatch/shared/api'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation } from 'wouter'
import { inboundApi } from '../../inbound-api.ts'
import { useMe } from '../../session.ts'
import { ErrorNotice } from '../../widgets/notice.tsx'
import { EMPTY_TICKET, PRIORITIES, TICKET_CAUSES, type TicketDraft, ticketOf } from './ticket-draft.ts'

interface FieldProps {
  readonly draft: TicketDraft
  readonly set: (change: Partial<TicketDraft>) => void
}

function Place({ draft, set }: FieldProps) {
  const { t } = useTranslation()
  return (
    <Group grow align="flex-start" preventGrowOverflow={false}>
      <TextInput
        label={t('ticket.serial')}
        maxLength={64}
        value={draft.serial}
        onChange={event => set({ serial: event.currentTarget.value })}
      />
      <TextInput
        label={t('ticket.site')}
        maxLength={64}
        value={draft.site}
        onChange={event => set({ site: event.currentTarget.value })}
      />
    </Group>
  )
}

function Classifiers({ draft, set }: FieldProps) {
  const { t } = useTranslation()
  return (
    <>
      <Select
        label={t('ticket.cause')}
        description={t('ticket.placeHint')}
        clearable
        placeholder={t('ticket.causeNone')}
        value={draft.cause}
        onChange={cause => set({ cause })}
        data={TICKET_CAUSES.map(each => ({ value: each, label: t(`ticket.causes.${each}`) }))}
      />
      <Select
        label={t('ticket.priority')}
        allowDeselect={false}
        value={String(draft.priority)}
        onChange={value => set({ priority: PRIORITIES.find(each => String(each) === value) ?? draft.priority })}
        data={PRIORITIES.map(each => ({ value: String(each), label: `${each} · ${t(`priority.p${each}`)}` }))}
      />
    </>
  )
}

function Author({ draft, set }: FieldProps) {
  const { t } = useTranslation()
  return (
    <Group grow align="flex-start" preventGrowOverflow={false}>
      <TextInput
        label={t('ticket.author')}
        maxLength={100}
        value={draft.author}
        onChange={event => set({ author: event.currentTarget.value })}
      />
      <TextInput
        label={t('ticket.contact')}
        maxLength={100}
        value={draft.contact}
        onChange={event => set({ contact: event.currentTarget.value })}
      />
    </Group>
  )
}

function TicketForm({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const queryClient = useQueryClient()
  const [, navigate] = useLocation()
  // One name for one form: sent twice it is one request.
  const [id] = useState(() => crypto.randomUUID())
  const [draft, setDraft] = useState(EMPTY_TICKET)
  const set = (change: Partial<TicketDraft>) => setDraft(before => ({ ...before, ...change }))
  const register = useMutation({
    mutationFn: (ticket: InboundTicket) => inboundApi.register(ticket),
    onSuccess: ({ incidentId }) => {
      void queryClient.invalidateQueries({ queryKey: ['incidents'] })
      onClose()
      if (incidentId) navigate(`/incidents/${encodeURIComponent(incidentId)}`)
    },
  })
  return (
    <form
      onSubmit={event => {
        event.preventDefault()
        register.mutate(ticketOf(id, draft))
      }}
    >
      <Stack>
        <Select
          label={t('ticket.channel')}
          allowDeselect={false}
          value={draft.channel}
          onChange={value => set({ channel: HUMAN_CHANNELS.find(each => each === value) ?? draft.channel })}
          data={HUMAN_CHANNELS.map(each => ({ value: each, label: t(`ticket.channels.${each}`) }))}
        />
        <TextInput
          label={t('ticket.subject')}
          data-autofocus
          required
          maxLength={200}
          value={draft.title}
          onChange={event => set({ title: event.currentTarget.value })}
        />
        <Textarea
          label={t('ticket.text')}
          autosize
          minRows={3}
          maxRows={10}
          maxLength={4_000}
          value={draft.text}
          onChange={event => set({ text: event.currentTarget.value })}
        />
        <Place draft={draft} set={set} />
        <Classifiers draft={draft} set={set} />
        <Author draft={draft} set={set} />
        {register.error ? <ErrorNotice thrown={register.error} /> : null}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" disabled={draft.title.trim() === ''} loading={register.isPending}>
            {t('ticket.register')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

/** Registers what a client asked for; for people of support. */
export function NewTicketButton() {
  const { t } = useTranslation()
  const { mayWork } = useMe()
  const [opened, dialog] = useDisclosure(false)
  if (!mayWork) return null
  return (
    <>
      <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={dialog.open}>
        {t('ticket.add')}
      </Button>
      <Modal opened={opened} onClose={dialog.close} closeOnClickOutside={false} title={t('ticket.title')}>
        {opened ? <TicketForm onClose={dialog.close} /> : null}
      </Modal>
    </>
  )
}

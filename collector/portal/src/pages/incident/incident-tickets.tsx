import { Anchor, Badge, Button, Paper, Text, Title } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconExternalLink } from '@tabler/icons-react'
import type { IncidentView } from '@tillwatch/shared/api'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { useOpenAnew } from '../../desk-queries.ts'
import { useLanguage } from '../../i18n/i18n.ts'
import { sentenceClass, serverText } from '../../i18n/server-words.ts'
import { useMe } from '../../session.ts'
import { DeliveryBadge } from '../../widgets/delivery-badge.tsx'
import { ErrorNotice } from '../../widgets/notice.tsx'

type Ticket = IncidentView['tickets'][number]

function TicketLink({ ticket }: { ticket: Ticket }) {
  const { t } = useTranslation()
  const number = ticket.number === null ? null : `№ ${ticket.number}`
  if (ticket.gone) return number === null ? null : <s className="tw-small tw-dim">{number}</s>
  if (ticket.url === null) return number === null ? null : <span className="tw-small tw-wrap">{number}</span>
  return (
    <Anchor
      href={ticket.url}
      target="_blank"
      rel="noreferrer"
      fz="sm"
      aria-label={`${t('incident.ticketOpen')} ${ticket.number ?? ''}`}
    >
      {number ?? t('incident.ticketOpen')} <IconExternalLink size={14} aria-hidden />
    </Anchor>
  )
}

const hintOf = ({ mayOpenAnew, state }: Ticket) => {
  if (mayOpenAnew) return 'goneHint'
  return state === 'waiting' || state === 'unknown' ? 'beingMade' : 'goneOnly'
}

/** A ticket that people deleted in the desk, and the way to have another one. */
function Gone({ incidentId, ticket }: { incidentId: string; ticket: Ticket }) {
  const { t } = useTranslation()
  const { mayWork } = useMe()
  const anew = useOpenAnew(incidentId, ticket.desk, () =>
    notifications.show({ message: t('deskTickets.anewAsked'), color: 'green' }),
  )
  return (
    <>
      <Text fz="sm">{t(`deskTickets.${hintOf(ticket)}`)}</Text>
      {mayWork && ticket.mayOpenAnew ? (
        <Button
          size="xs"
          mt={6}
          variant="default"
          loading={anew.isPending}
          onClick={() => anew.mutate()}
          aria-label={`${t('deskTickets.anew')}: ${ticket.desk}`}
        >
          {t('deskTickets.anew')}
        </Button>
      ) : null}
      {anew.error ? <ErrorNotice thrown={anew.error} /> : null}
    </>
  )
}

function TicketLine({ incidentId, ticket }: { incidentId: string; ticket: Ticket }) {
  const { t } = useTranslation()
  const language = useLanguage()
  return (
    <li>
      <div className="tw-line tw-line-wrap">
        <Link href={`/desks?desk=${encodeURIComponent(ticket.desk)}`} className="tw-small">
          {ticket.desk}
        </Link>
        <TicketLink ticket={ticket} />
        {ticket.gone ? (
          <Badge variant="light" color="yellow" tt="none" fw={500}>
            {t('deskTickets.gone')}
          </Badge>
        ) : null}
        {ticket.gone && ticket.state === 'delivered' ? null : <DeliveryBadge state={ticket.state} />}
      </div>
      {ticket.insteadOf === null ? null : (
        <Text fz="sm" c="dimmed" className="tw-wrap">
          {t('deskTickets.insteadOf', { desk: ticket.insteadOf })}
          {ticket.together > 1 ? `, ${t('deskTickets.together', { count: ticket.together })}` : ''}
        </Text>
      )}
      {ticket.lastError ? (
        <Text
          fz="sm"
          {...(ticket.state === 'skipped' ? { c: 'dimmed' } : { c: 'var(--tw-red)' })}
          className={`tw-wrap ${sentenceClass(ticket.lastError)}`}
        >
          {serverText(ticket.lastError, language)}
        </Text>
      ) : null}
      {ticket.gone ? <Gone incidentId={incidentId} ticket={ticket} /> : null}
    </li>
  )
}

/** Copies of the incident in service desks, and what happened on the way. */
export function Tickets({ incident }: { incident: IncidentView }) {
  const { t } = useTranslation()
  return (
    <Paper component="section" aria-label={t('incident.tickets')}>
      <Title order={2} mb={4}>
        {t('incident.tickets')}
      </Title>
      {incident.tickets.length === 0 ? (
        <Text c="dimmed" fz="sm">
          {t('incident.noTickets')}
        </Text>
      ) : (
        <ul className="tw-list">
          {incident.tickets.map(ticket => (
            <TicketLine key={`${ticket.desk} ${ticket.insteadOf ?? ''}`} incidentId={incident.id} ticket={ticket} />
          ))}
        </ul>
      )}
    </Paper>
  )
}

import { Anchor, Button, Group, Modal, Paper, Stack, Text, Textarea, TextInput, Title } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconDownload } from '@tabler/icons-react'
import type { IncidentView } from '@tillwatch/shared/api'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { useLanguage, usePick } from '../../i18n/i18n.ts'
import { ruleName } from '../../i18n/rule-names.ts'
import { useRestored, useVendorSent, vendorPackage } from '../../problem-queries.ts'
import { useMe } from '../../session.ts'
import { Moment } from '../../widgets/moment.tsx'
import { ErrorNotice } from '../../widgets/notice.tsx'
import { NewProblem } from '../problems/new-problem.tsx'
import { ProblemStatusBadge } from '../problems/problem-badges.tsx'

interface FormProps {
  readonly incidentId: string
  readonly onClose: () => void
}

function SentForm({ incidentId, onClose }: FormProps) {
  const { t } = useTranslation()
  const [vendor, setVendor] = useState('')
  const [reference, setReference] = useState('')
  const sent = useVendorSent(incidentId, onClose)
  return (
    <form
      onSubmit={event => {
        event.preventDefault()
        sent.mutate({ vendor: vendor.trim(), reference: reference.trim() })
      }}
    >
      <Stack>
        <TextInput
          data-autofocus
          required
          maxLength={200}
          label={t('incidentKnowledge.vendor')}
          value={vendor}
          onChange={event => setVendor(event.currentTarget.value)}
        />
        <TextInput
          maxLength={200}
          label={t('incidentKnowledge.reference')}
          value={reference}
          onChange={event => setReference(event.currentTarget.value)}
        />
        {sent.error ? <ErrorNotice thrown={sent.error} /> : null}
        <Button type="submit" disabled={vendor.trim() === ''} loading={sent.isPending}>
          {t('incidentKnowledge.sentMark')}
        </Button>
      </Stack>
    </form>
  )
}

function RestoredForm({ incidentId, onClose }: FormProps) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const restored = useRestored(incidentId, onClose)
  return (
    <form
      onSubmit={event => {
        event.preventDefault()
        restored.mutate(text.trim())
      }}
    >
      <Stack>
        <Textarea
          data-autofocus
          required
          autosize
          minRows={2}
          maxLength={4_000}
          label={t('incidentKnowledge.restoredText')}
          description={t('incidentKnowledge.restoredHint')}
          value={text}
          onChange={event => setText(event.currentTarget.value)}
        />
        {restored.error ? <ErrorNotice thrown={restored.error} /> : null}
        <Button type="submit" disabled={text.trim() === ''} loading={restored.isPending}>
          {t('incidentKnowledge.restored')}
        </Button>
      </Stack>
    </form>
  )
}

function Package({ incident }: { incident: IncidentView }) {
  const { t } = useTranslation()
  const language = useLanguage()
  const [opened, dialog] = useDisclosure(false)
  return (
    <div>
      <Text fz="sm" fw={500}>
        {t('incidentKnowledge.package')}
      </Text>
      <Group gap="sm" mt={2}>
        {(['markdown', 'json', 'zip'] as const).map(format => (
          <Anchor key={format} href={vendorPackage(incident.id, format, language)} download fz="sm">
            <span className="tw-line">
              <IconDownload size={14} aria-hidden />
              {t(`incidentKnowledge.formats.${format}`)}
            </span>
          </Anchor>
        ))}
        <Anchor component="button" type="button" fz="sm" onClick={dialog.open}>
          {t('incidentKnowledge.sentMark')}
        </Anchor>
      </Group>
      <Modal opened={opened} onClose={dialog.close} title={t('incidentKnowledge.sent')}>
        <SentForm incidentId={incident.id} onClose={dialog.close} />
      </Modal>
    </div>
  )
}

function Review({ incident }: { incident: IncidentView }) {
  const { t } = useTranslation()
  const { review } = incident
  if (!review) return null
  const state = review.unlocked ? (review.doneAt ? 'reviewDone' : 'reviewOpen') : 'reviewLocked'
  return (
    <Text fz="sm">
      <Link href={`/problems/${encodeURIComponent(review.problemId)}`}>{t('incidentKnowledge.review')}</Link>:{' '}
      {t(`incidentKnowledge.${state}`)}
    </Text>
  )
}

/** What else is known: the first look, problems, the review, and what was handed to vendors. */
export function IncidentKnowledge({ incident }: { incident: IncidentView }) {
  const { t } = useTranslation()
  const pick = usePick()
  const language = useLanguage()
  const { mayWork } = useMe()
  const [opened, dialog] = useDisclosure(false)
  const { triage, knownError, problems, vendorPackages, status } = incident
  const active = status !== 'solved' && status !== 'closed'
  const faces = [...(triage?.checks ?? []).map(check => ruleName(check, language)), triage?.errorCode]
    .filter(Boolean)
    .join(', ')
  const reviewable = incident.critical || incident.children > 0
  return (
    <Paper component="section" aria-label={t('incidentKnowledge.title')}>
      <Title order={2} mb={4}>
        {t('incidentKnowledge.title')}
      </Title>
      <Stack gap="xs">
        {triage ? (
          <Text fz="sm" c="dimmed">
            {t('incidentKnowledge.triage')} <Moment at={triage.at} />: {faces === '' ? '' : `${faces}; `}
            {t(knownError ? 'incidentKnowledge.matched' : 'incidentKnowledge.noMatch')}
          </Text>
        ) : null}
        {problems.map(problem => (
          <div key={problem.id} className="tw-line tw-line-wrap">
            <Link href={`/problems/${encodeURIComponent(problem.id)}`}>
              № {problem.number} {pick(problem.title)}
            </Link>
            <ProblemStatusBadge status={problem.status} />
          </div>
        ))}
        <Review incident={incident} />
        {vendorPackages.map(sent => (
          <Text key={sent.at} fz="sm">
            {t('incidentKnowledge.sent')}: {[sent.vendor, sent.reference, sent.by].filter(Boolean).join(', ')} ·{' '}
            <Moment at={sent.at} />
          </Text>
        ))}
        {mayWork ? <Package incident={incident} /> : null}
        <Group gap="xs">
          <NewProblem incidentId={incident.id} title={pick(incident.title).slice(0, 200)} />
          {mayWork && active && reviewable ? (
            <Button size="xs" variant="default" onClick={dialog.open}>
              {t('incidentKnowledge.restored')}
            </Button>
          ) : null}
        </Group>
      </Stack>
      <Modal opened={opened} onClose={dialog.close} title={t('incidentKnowledge.restored')}>
        <RestoredForm incidentId={incident.id} onClose={dialog.close} />
      </Modal>
    </Paper>
  )
}

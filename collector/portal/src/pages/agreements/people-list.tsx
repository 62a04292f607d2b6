import { ActionIcon, Badge, Button, Group, Modal, Paper, Stack, Text, Title, Tooltip } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconPencil, IconPlus, IconTrash } from '@tabler/icons-react'
import type { PersonDraft, ResponsiblesView } from '@tillwatch/shared/api'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useRemovePerson, useResponsibles } from '../../agreement-queries.ts'
import { usePick } from '../../i18n/i18n.ts'
import { useMe } from '../../session.ts'
import { ErrorNotice } from '../../widgets/notice.tsx'
import { ListSkeleton } from '../../widgets/skeletons.tsx'
import { AgreementHistory } from './agreement-history.tsx'
import type { Person } from './person-draft.ts'
import { PersonDrawer } from './person-form.tsx'

function RemoveDialog({ person, onClose }: { readonly person: Person; readonly onClose: () => void }) {
  const { t } = useTranslation()
  const remove = useRemovePerson(() => {
    notifications.show({ message: t('people.removed'), color: 'green' })
    onClose()
  })
  return (
    <Modal opened onClose={onClose} title={t('people.removeTitle', { name: person.name })}>
      <Stack>
        <Text fz="sm">{t('people.removeText')}</Text>
        {remove.error ? <ErrorNotice thrown={remove.error} /> : null}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button color="red" loading={remove.isPending} onClick={() => remove.mutate(person.code)}>
            {t('people.remove')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}

interface PersonLineProps {
  readonly person: Person
  readonly onEdit: () => void
  readonly onRemove: () => void
}

function PersonLine({ person, onEdit, onRemove }: PersonLineProps) {
  const { t } = useTranslation()
  const { mayAdminister } = useMe()
  const { scope, name, email, clientName, timezone, language } = person
  const place =
    scope.kind === 'contract'
      ? [t('contracts.one', { number: scope.contract }), clientName].filter(Boolean).join(' · ')
      : (clientName ?? t('people.scopes.all'))
  return (
    <Group justify="space-between" gap="xs" wrap="nowrap" align="flex-start">
      <div className="tw-grow">
        <Text component="div" className="tw-wrap">
          {name}{' '}
          <Badge size="sm" variant="light" color={scope.kind === 'all' ? 'gray' : 'tide'} tt="none" fw={500}>
            {place}
          </Badge>
        </Text>
        <Text fz="sm" c="dimmed" className="tw-wrap">
          {email} · {timezone} · {t(`people.languages.${language}`)}
        </Text>
      </div>
      {mayAdminister ? (
        <Group gap={4} wrap="nowrap">
          <Tooltip label={t('people.edit')}>
            <ActionIcon variant="subtle" color="gray" aria-label={`${t('people.edit')}: ${name}`} onClick={onEdit}>
              <IconPencil size={16} aria-hidden />
            </ActionIcon>
          </Tooltip>
          <Tooltip label={t('people.remove')}>
            <ActionIcon variant="subtle" color="gray" aria-label={`${t('people.remove')}: ${name}`} onClick={onRemove}>
              <IconTrash size={16} aria-hidden />
            </ActionIcon>
          </Tooltip>
        </Group>
      ) : null}
    </Group>
  )
}

interface RoleBlockProps {
  readonly view: ResponsiblesView
  readonly role: ResponsiblesView['roles'][number]
  readonly onEdit: (person: Person | PersonDraft['role']) => void
  readonly onRemove: (person: Person) => void
}

function RoleBlock({ view, role: { role, title, standIn }, onEdit, onRemove }: RoleBlockProps) {
  const { t } = useTranslation()
  const pick = usePick()
  const { mayAdminister } = useMe()
  const people = view.people.filter(person => person.role === role)
  return (
    <Paper component="section" aria-label={pick(title)}>
      <Group justify="space-between" gap="xs" wrap="nowrap">
        <Title order={2} className="tw-sentence tw-wrap">
          {pick(title)}
        </Title>
        {mayAdminister ? (
          <Button
            size="compact-sm"
            variant="subtle"
            className="tw-fixed"
            leftSection={<IconPlus size={14} aria-hidden />}
            aria-label={`${t('people.add')}: ${pick(title)}`}
            onClick={() => onEdit(role)}
          >
            {t('people.add')}
          </Button>
        ) : null}
      </Group>
      {people.length === 0 ? (
        <Text fz="sm" c="dimmed">
          {standIn
            ? t('people.standIn', { role: pick(standIn) })
            : t(`people.${role === 'manager' ? 'nobody' : 'optional'}`)}
        </Text>
      ) : (
        <ul className="tw-list">
          {people.map(person => (
            <li key={person.code}>
              <PersonLine person={person} onEdit={() => onEdit(person)} onRemove={() => onRemove(person)} />
            </li>
          ))}
        </ul>
      )}
    </Paper>
  )
}

function PeopleList() {
  const { t } = useTranslation()
  const view = useResponsibles()
  const [edited, setEdited] = useState<Person | PersonDraft['role'] | null>(null)
  const [removed, setRemoved] = useState<Person | null>(null)
  if (view.error) return <ErrorNotice thrown={view.error} onRetry={() => void view.refetch()} />
  if (!view.data) return <ListSkeleton rows={6} />
  const { data } = view
  return (
    <Stack>
      <Text c="dimmed" fz="sm" maw={720}>
        {t('people.intro')}
      </Text>
      <div className="tw-site-grid">
        {data.roles.map(role => (
          <RoleBlock key={role.role} view={data} role={role} onEdit={setEdited} onRemove={setRemoved} />
        ))}
      </div>
      <AgreementHistory kind="person" />
      <PersonDrawer person={edited} view={data} onClose={() => setEdited(null)} />
      {removed ? <RemoveDialog person={removed} onClose={() => setRemoved(null)} /> : null}
    </Stack>
  )
}

/** Who is told of what, for those who work in support. */
export function People() {
  const { t } = useTranslation()
  const { mayWork } = useMe()
  return mayWork ? <PeopleList /> : <Text c="dimmed">{t('people.forbidden')}</Text>
}

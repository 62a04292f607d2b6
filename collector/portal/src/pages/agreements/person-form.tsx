import { Button, Drawer, Group, SegmentedControl, Select, SimpleGrid, Stack, Text, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import type { PersonDraft, ResponsiblesView } from '@tillwatch/shared/api'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useContracts, useSavePerson } from '../../agreement-queries.ts'
import { usePick } from '../../i18n/i18n.ts'
import { nowMs } from '../../now.ts'
import { placeChoices } from '../../place-choices.ts'
import { useDirectory } from '../../queries.ts'
import { ErrorNotice } from '../../widgets/notice.tsx'
import { zoneChoices } from '../../zones.ts'
import { checkPerson, formOf, freeCode, type Person, type PersonForm } from './person-draft.ts'

interface PartProps {
  readonly form: PersonForm
  readonly errorOf: (field: string) => string | null
  readonly set: (change: Partial<PersonForm>) => void
}

const SCOPES = ['all', 'client', 'contract'] as const

function Scope({ form, set, errorOf }: PartProps) {
  const { t } = useTranslation()
  const clients = useDirectory().data?.directory.clients ?? []
  const contracts = useContracts().data ?? []
  const data =
    form.scope === 'client'
      ? placeChoices(clients)
      : contracts.map(({ number, clientName }) => ({ value: number, label: `${number} · ${clientName}` }))
  return (
    <Stack gap="xs">
      <Text fz="sm" fw={500}>
        {t('people.scope')}
      </Text>
      <SegmentedControl
        aria-label={t('people.scope')}
        value={form.scope}
        onChange={value => set({ scope: SCOPES.find(each => each === value) ?? 'all', scopeId: '' })}
        data={SCOPES.map(value => ({ value, label: t(`people.scopes.${value}`) }))}
      />
      {form.scope === 'all' ? (
        <Text fz="sm" c="dimmed">
          {t('people.scopeAllHint')}
        </Text>
      ) : (
        <Select
          label={t(form.scope === 'client' ? 'contracts.client' : 'people.contract')}
          required
          searchable
          allowDeselect={false}
          nothingFoundMessage={t('people.nothingFound')}
          value={form.scopeId || null}
          error={errorOf('scope')}
          onChange={scopeId => set({ scopeId: scopeId ?? '' })}
          data={data}
        />
      )}
    </Stack>
  )
}

function Reach({ form, set, errorOf }: PartProps) {
  const { t } = useTranslation()
  const zones = useMemo(() => zoneChoices(nowMs(), form.timezone), [form.timezone])
  return (
    <>
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <TextInput
          label={t('people.name')}
          required
          data-autofocus
          maxLength={200}
          value={form.name}
          error={errorOf('name')}
          onChange={event => set({ name: event.currentTarget.value })}
        />
        <TextInput
          type="email"
          label={t('people.email')}
          required
          maxLength={254}
          value={form.email}
          error={errorOf('email')}
          onChange={event => set({ email: event.currentTarget.value })}
        />
      </SimpleGrid>
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <Select
          label={t('people.zone')}
          description={t('people.zoneHint')}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          searchable
          allowDeselect={false}
          limit={60}
          value={form.timezone}
          onChange={timezone => set({ timezone: timezone ?? form.timezone })}
          data={zones}
        />
        <Select
          label={t('people.language')}
          allowDeselect={false}
          value={form.language}
          onChange={language => set({ language: language === 'en' ? 'en' : 'ru' })}
          data={(['ru', 'en'] as const).map(value => ({ value, label: t(`people.languages.${value}`) }))}
        />
      </SimpleGrid>
    </>
  )
}

interface PersonFormProps {
  /** Somebody, or the role that somebody new is to hold. */
  readonly person: Person | PersonDraft['role']
  readonly view: ResponsiblesView
  readonly onClose: () => void
}

function Form({ person, view, onClose }: PersonFormProps) {
  const { t } = useTranslation()
  const pick = usePick()
  const isNew = typeof person === 'string'
  const [form, setForm] = useState(() => formOf(person))
  const [touched, setTouched] = useState(false)
  const save = useSavePerson(isNew, () => {
    notifications.show({ message: t('people.saved'), color: 'green' })
    onClose()
  })
  const taken = view.people.map(({ code }) => code)
  const { draft, faults } = checkPerson(isNew ? { ...form, code: freeCode(form.name, taken) } : form)
  const parts: PartProps = {
    form,
    set: change => setForm(before => ({ ...before, ...change })),
    errorOf: field => {
      const fault = touched ? faults.get(field) : undefined
      return fault ? t(`people.faults.${fault}`) : null
    },
  }
  return (
    <form
      noValidate
      onSubmit={event => {
        event.preventDefault()
        setTouched(true)
        if (draft) save.mutate(draft)
      }}
    >
      <Stack>
        <Reach {...parts} />
        <Select
          label={t('people.role')}
          allowDeselect={false}
          value={form.role}
          onChange={chosen => parts.set({ role: view.roles.find(({ role }) => role === chosen)?.role ?? form.role })}
          data={view.roles.map(({ role, title }) => ({ value: role, label: pick(title) }))}
          className="tw-sentence"
        />
        <Scope {...parts} />
        {save.error ? <ErrorNotice thrown={save.error} /> : null}
        <Group justify="flex-end" className="tw-form-foot">
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" loading={save.isPending}>
            {t('people.save')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

/** Names somebody who is told, or changes how. */
export function PersonDrawer({
  person,
  ...rest
}: Omit<PersonFormProps, 'person'> & { readonly person: PersonFormProps['person'] | null }) {
  const { t } = useTranslation()
  const title = typeof person === 'string' ? t('people.newTitle') : t('people.editTitle')
  return (
    <Drawer opened={person !== null} onClose={rest.onClose} position="right" size={560} title={title}>
      {person ? <Form person={person} {...rest} /> : null}
    </Drawer>
  )
}

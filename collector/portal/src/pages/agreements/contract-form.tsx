import { Button, Drawer, Group, Select, SimpleGrid, Stack, Text, TextInput, Title } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconPlus } from '@tabler/icons-react'
import type { AgreementsView, ContractRow } from '@tillwatch/shared/api'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSaveContract } from '../../agreement-queries.ts'
import { usePick } from '../../i18n/i18n.ts'
import { placeChoices } from '../../place-choices.ts'
import { useDirectory } from '../../queries.ts'
import { ErrorNotice } from '../../widgets/notice.tsx'
import { type ContractForm, checkContract, formOf, newService, type ServiceForm } from './contract-draft.ts'
import { ServiceFields } from './service-fields.tsx'

interface ContractFormProps {
  /** Null: a new one. */
  readonly contract: ContractRow | null
  readonly agreements: AgreementsView
  readonly onClose: () => void
}

/** The form, what is wrong with it once somebody tried to save, and the way to the server. */
function useContractForm(contract: ContractRow | null, onClose: () => void) {
  const { t } = useTranslation()
  const [form, setForm] = useState(() => formOf(contract))
  const [touched, setTouched] = useState(false)
  const save = useSaveContract(contract === null, () => {
    notifications.show({ message: t('contracts.saved'), color: 'green' })
    onClose()
  })
  const { draft, faults } = checkContract(form)
  return {
    form,
    save,
    faulty: touched && !draft,
    set: (change: Partial<ContractForm>) => setForm(before => ({ ...before, ...change })),
    errorOf: (field: string) => {
      const fault = touched ? faults.get(field) : undefined
      return fault ? t(`contracts.faults.${fault}`) : null
    },
    submit: () => {
      setTouched(true)
      if (draft) save.mutate(draft)
    },
  }
}

function Parties({ form, errorOf, set, isNew }: ReturnType<typeof useContractForm> & { readonly isNew: boolean }) {
  const { t } = useTranslation()
  const clients = useDirectory().data?.directory.clients ?? []
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }}>
      <TextInput
        label={t('contracts.number')}
        description={isNew ? t('contracts.numberHint') : null}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        required
        data-autofocus
        disabled={!isNew}
        maxLength={64}
        value={form.number}
        error={errorOf('number')}
        onChange={event => set({ number: event.currentTarget.value })}
      />
      <Select
        label={t('contracts.client')}
        required
        searchable
        allowDeselect={false}
        nothingFoundMessage={t('contracts.clientNone')}
        value={form.client || null}
        error={errorOf('client')}
        onChange={client => set({ client: client ?? '' })}
        data={placeChoices(clients)}
      />
    </SimpleGrid>
  )
}

function Form({ contract, agreements, onClose }: ContractFormProps) {
  const { t } = useTranslation()
  const pick = usePick()
  const state = useContractForm(contract, onClose)
  const { form, set, errorOf, save } = state
  const policies = agreements.policies.map(({ id, title }) => ({ value: id, label: pick(title) }))
  const chosen = agreements.policies.find(({ id }) => id === form.policy)
  const calendar = agreements.calendars.find(({ id }) => id === chosen?.calendar)
  const lost = form.policy !== '' && !chosen
  const replace = (key: number, service: ServiceForm) =>
    set({ services: form.services.map(each => (each.key === key ? service : each)) })
  return (
    <form
      noValidate
      onSubmit={event => {
        event.preventDefault()
        state.submit()
      }}
    >
      <Stack>
        <Parties {...state} isNew={contract === null} />
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          {(['from', 'until'] as const).map(field => (
            <TextInput
              key={field}
              type="date"
              label={t(`contracts.${field}`)}
              description={t(`contracts.${field}Hint`)}
              inputWrapperOrder={['label', 'input', 'description', 'error']}
              value={form[field]}
              error={errorOf(field)}
              onChange={event => set({ [field]: event.currentTarget.value })}
            />
          ))}
        </SimpleGrid>
        <Select
          label={t('contracts.policy')}
          description={
            chosen
              ? t('contracts.calendarIs', { calendar: calendar ? pick(calendar.title) : chosen.calendar })
              : t('contracts.policyHint')
          }
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          allowDeselect={false}
          value={form.policy}
          error={lost ? t('contracts.policyLost', { policy: form.policy }) : null}
          onChange={policy => set({ policy: policy ?? '' })}
          data={[
            { value: '', label: t('contracts.policyUsual') },
            ...policies,
            ...(lost ? [{ value: form.policy, label: form.policy }] : []),
          ]}
        />
        <div>
          <Title order={3}>{t('contracts.services')}</Title>
          <Text fz="sm" c="dimmed">
            {t('contracts.servicesHint')}
          </Text>
        </div>
        {form.services.map((service, index) => (
          <ServiceFields
            key={service.key}
            service={service}
            policies={policies}
            errorOf={field => errorOf(`services.${index}.${field}`)}
            onChange={next => replace(service.key, next)}
            onRemove={() => set({ services: form.services.filter(({ key }) => key !== service.key) })}
          />
        ))}
        <Group>
          <Button
            variant="default"
            size="xs"
            leftSection={<IconPlus size={14} aria-hidden />}
            onClick={() => set({ services: [...form.services, newService(form.services)] })}
          >
            {t('contracts.addService')}
          </Button>
        </Group>
        {save.error ? <ErrorNotice thrown={save.error} /> : null}
        {state.faulty ? (
          <Text c="var(--tw-red)" fz="sm" role="alert">
            {errorOf('services') ?? t('contracts.fixFirst')}
          </Text>
        ) : null}
        <Group justify="flex-end" className="tw-form-foot">
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" loading={save.isPending}>
            {t('contracts.save')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

/** Makes or changes a contract: whose, from when until when, by which policy, with which services. */
export function ContractDrawer(props: ContractFormProps & { readonly opened: boolean }) {
  const { t } = useTranslation()
  const { opened, contract, onClose } = props
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      position="right"
      size={640}
      title={contract ? t('contracts.editTitle', { number: contract.number }) : t('contracts.newTitle')}
    >
      {opened ? <Form {...props} /> : null}
    </Drawer>
  )
}

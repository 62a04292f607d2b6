import { Button, Fieldset, Group, MultiSelect, NumberInput, Select, SimpleGrid, Stack, TextInput } from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { KNOWN_CLASSES, useClassName } from '../../cause-words.ts'
import { type ServiceForm, type TimeForm, UNITS } from './contract-draft.ts'

interface TimeFieldProps {
  readonly label: string
  readonly value: TimeForm
  readonly error: string | null
  readonly onChange: (value: TimeForm) => void
}

/** An amount and its unit. */
function TimeField({ label, value, error, onChange }: TimeFieldProps) {
  const { t } = useTranslation()
  return (
    <Group gap="xs" align="flex-start" wrap="nowrap">
      <NumberInput
        label={label}
        required
        hideControls
        min={0}
        className="tw-grow"
        value={value.amount}
        error={error}
        onChange={amount => onChange({ ...value, amount: typeof amount === 'number' ? amount : '' })}
      />
      <Select
        label={t('contracts.unit')}
        allowDeselect={false}
        w={104}
        value={value.unit}
        onChange={chosen => onChange({ ...value, unit: UNITS.find(unit => unit === chosen) ?? value.unit })}
        data={UNITS.map(unit => ({ value: unit, label: t(`contracts.units.${unit}`) }))}
      />
    </Group>
  )
}

interface ServiceFieldsProps {
  readonly service: ServiceForm
  readonly policies: readonly { readonly value: string; readonly label: string }[]
  readonly errorOf: (field: 'name' | 'reaction' | 'solution' | 'responsible') => string | null
  readonly onChange: (service: ServiceForm) => void
  readonly onRemove: () => void
}

/** One service in the words of the client: its times, who answers for it, which causes it covers. */
export function ServiceFields({ service, policies, errorOf, onChange, onRemove }: ServiceFieldsProps) {
  const { t } = useTranslation()
  const className = useClassName()
  const set = (change: Partial<ServiceForm>) => onChange({ ...service, ...change })
  const causes = [...new Set([...KNOWN_CLASSES, ...service.causes])]
  return (
    <Fieldset legend={service.name.trim() || t('contracts.newService')}>
      <Stack gap="sm">
        <TextInput
          label={t('contracts.serviceName')}
          description={t('contracts.serviceExample')}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          required
          maxLength={200}
          value={service.name}
          error={errorOf('name')}
          onChange={event => set({ name: event.currentTarget.value })}
        />
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          <TimeField
            label={t('contracts.reaction')}
            value={service.reaction}
            error={errorOf('reaction')}
            onChange={reaction => set({ reaction })}
          />
          <TimeField
            label={t('contracts.solution')}
            value={service.solution}
            error={errorOf('solution')}
            onChange={solution => set({ solution })}
          />
        </SimpleGrid>
        <MultiSelect
          label={t('contracts.causes')}
          description={t('contracts.causesHint')}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          searchable
          clearable
          clearButtonProps={{ 'aria-label': t('common.clear') }}
          value={[...service.causes]}
          onChange={chosen => set({ causes: chosen })}
          data={causes.map(value => ({ value, label: className(value) }))}
        />
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          <TextInput
            label={t('contracts.responsible')}
            required
            maxLength={200}
            value={service.responsible}
            error={errorOf('responsible')}
            onChange={event => set({ responsible: event.currentTarget.value })}
          />
          <Select
            label={t('contracts.servicePolicy')}
            allowDeselect={false}
            value={service.policy}
            onChange={policy => set({ policy: policy ?? '' })}
            data={[{ value: '', label: t('contracts.policyOfContract') }, ...policies]}
          />
        </SimpleGrid>
        <Group justify="flex-end">
          <Button
            variant="subtle"
            color="red"
            size="compact-sm"
            leftSection={<IconTrash size={14} aria-hidden />}
            onClick={onRemove}
          >
            {t('contracts.removeService')}
          </Button>
        </Group>
      </Stack>
    </Fieldset>
  )
}

import { Button, Checkbox, Chip, Group, Modal, SegmentedControl, Select, Stack, Text, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { MaintenanceDraft } from '@tillwatch/shared/api'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api.ts'
import { zoneName } from '../../format.ts'
import { browserZone, nowMs } from '../../now.ts'
import { placeChoices } from '../../place-choices.ts'
import { useDirectory } from '../../queries.ts'
import { localInputValue } from '../../until.ts'
import { ErrorNotice } from '../../widgets/notice.tsx'
import { draftOf, type WindowForm } from './window-draft.ts'

const HOUR_MS = 3_600_000
const DAYS = ['1', '2', '3', '4', '5', '6', '7'] as const

/** A choice of what is on one till; absent on the page of all windows. */
interface WindowItems {
  readonly value: string
  readonly label: string
}

interface WindowDialogProps {
  readonly opened: boolean
  readonly onClose: () => void
  readonly items?: readonly WindowItems[]
}

const emptyForm = (items: readonly WindowItems[] | undefined): WindowForm => ({
  ...{ scope: items ? 'item' : 'site', scopeId: items?.[0]?.value ?? '', check: '', recurs: false },
  from: localInputValue(new Date(nowMs())),
  to: localInputValue(new Date(nowMs() + 2 * HOUR_MS)),
  ...{ days: [], fromHour: '23:00', toHour: '06:00', lastDay: '', reason: '', agreed: false },
})

interface PartProps {
  readonly form: WindowForm
  readonly set: (change: Partial<WindowForm>) => void
}

function Scope({ form, set }: PartProps) {
  const { t } = useTranslation()
  const directory = useDirectory().data?.directory
  const places = (form.scope === 'client' ? directory?.clients : directory?.sites) ?? []
  return (
    <>
      <SegmentedControl
        aria-label={t('maintenance.scope')}
        value={form.scope}
        onChange={value => set({ scope: value as WindowForm['scope'], scopeId: '' })}
        data={(['site', 'client', 'tenant'] as const).map(value => ({
          value,
          label: t(`maintenance.scopes.${value}`),
        }))}
      />
      {form.scope === 'tenant' ? null : (
        <Select
          label={t(form.scope === 'client' ? 'maintenance.client' : 'maintenance.site')}
          required
          searchable
          value={form.scopeId || null}
          onChange={value => set({ scopeId: value ?? '' })}
          data={placeChoices(places)}
        />
      )}
      <Text fz="sm" c="dimmed">
        {t('maintenance.itemHint')}
      </Text>
    </>
  )
}

function Once({ form, set }: PartProps) {
  const { t } = useTranslation()
  const zone = t('common.yourZone', { zone: zoneName(browserZone(), nowMs()) })
  return (
    <Group grow align="flex-start">
      {(['from', 'to'] as const).map(field => (
        <TextInput
          key={field}
          type="datetime-local"
          label={t(`maintenance.${field}`)}
          description={zone}
          required
          value={form[field]}
          onChange={event => set({ [field]: event.currentTarget.value })}
        />
      ))}
    </Group>
  )
}

function Weekly({ form, set }: PartProps) {
  const { t } = useTranslation()
  return (
    <Stack gap="xs">
      <Text fz="sm" fw={500}>
        {t('maintenance.days')}
      </Text>
      <Chip.Group multiple value={[...form.days]} onChange={days => set({ days })}>
        <Group gap={6}>
          {DAYS.map(day => (
            <Chip key={day} value={day} size="sm">
              {t(`maintenance.dayNames.d${day}`)}
            </Chip>
          ))}
        </Group>
      </Chip.Group>
      <Group grow align="flex-start">
        <TextInput
          type="time"
          label={t('maintenance.from')}
          description={t('maintenance.hours')}
          required
          value={form.fromHour}
          onChange={event => set({ fromHour: event.currentTarget.value })}
        />
        <TextInput
          type="time"
          label={t('maintenance.to')}
          description={t('maintenance.hours')}
          required
          value={form.toHour}
          onChange={event => set({ toHour: event.currentTarget.value })}
        />
      </Group>
      {form.toHour <= form.fromHour ? (
        <Text fz="sm" c="dimmed">
          {t('maintenance.overnight')}
        </Text>
      ) : null}
      <TextInput
        type="date"
        label={t('maintenance.until')}
        description={t('maintenance.untilHint')}
        value={form.lastDay}
        onChange={event => set({ lastDay: event.currentTarget.value })}
      />
    </Stack>
  )
}

/** Opens a maintenance window: for what, when, why, agreed or not. */
export function WindowDialog({ opened, onClose, items }: WindowDialogProps) {
  const { t } = useTranslation()
  const [form, setForm] = useState(() => emptyForm(items))
  const set = (change: Partial<WindowForm>) => setForm(before => ({ ...before, ...change }))
  const queryClient = useQueryClient()
  const open = useMutation({
    mutationFn: (draft: MaintenanceDraft) => api.openMaintenance(draft),
    onSuccess: () => {
      onClose()
      setForm(emptyForm(items))
      notifications.show({ message: t('maintenance.saved'), color: 'green' })
      void queryClient.invalidateQueries({ queryKey: ['maintenance'] })
    },
  })
  const draft = draftOf(form, nowMs())
  const checkWrong = form.check !== '' && !/^[a-z][a-z0-9_.]*$/.test(form.check)
  return (
    <Modal opened={opened} onClose={onClose} title={t('maintenance.open')} size="lg">
      <form
        onSubmit={event => {
          event.preventDefault()
          if (draft) open.mutate(draft)
        }}
      >
        <Stack>
          {items ? (
            <Select
              label={t('maintenance.item')}
              required
              allowDeselect={false}
              value={form.scopeId}
              onChange={value => set({ scopeId: value ?? '' })}
              data={[...items]}
            />
          ) : (
            <Scope form={form} set={set} />
          )}
          <SegmentedControl
            aria-label={t('maintenance.kind')}
            value={form.recurs ? 'weekly' : 'once'}
            onChange={value => set({ recurs: value === 'weekly' })}
            data={(['once', 'weekly'] as const).map(value => ({ value, label: t(`maintenance.${value}`) }))}
          />
          {form.recurs ? <Weekly form={form} set={set} /> : <Once form={form} set={set} />}
          <TextInput
            label={t('maintenance.reason')}
            required
            maxLength={400}
            value={form.reason}
            onChange={event => set({ reason: event.currentTarget.value })}
          />
          <TextInput
            label={t('maintenance.check')}
            description={t('maintenance.checkHint')}
            maxLength={64}
            value={form.check}
            error={checkWrong ? t('maintenance.checkWrong') : null}
            onChange={event => set({ check: event.currentTarget.value.trim() })}
          />
          <Checkbox
            label={t('maintenance.agreed')}
            description={t('maintenance.agreedHint')}
            checked={form.agreed}
            onChange={event => set({ agreed: event.currentTarget.checked })}
          />
          {open.error ? <ErrorNotice thrown={open.error} /> : null}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" disabled={!draft} loading={open.isPending}>
              {t('maintenance.save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}

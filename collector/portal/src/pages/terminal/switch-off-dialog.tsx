import { Button, Group, Modal, Select, Stack, Text } from '@mantine/core'
import { type SwitchTarget, targetKey } from '@tillwatch/shared/api'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { checkWord } from '../../i18n/check-words.ts'
import { useLanguage } from '../../i18n/i18n.ts'
import { nowMs } from '../../now.ts'
import { futureInstant, localInputValue, untilPreset } from '../../until.ts'
import { ErrorNotice } from '../../widgets/notice.tsx'
import { UntilField } from '../../widgets/until-field.tsx'
import { useCommand } from './use-command.ts'

const KINDS = ['slot', 'driver', 'probe', 'question'] as const

interface SwitchOffFormProps {
  readonly agentId: string
  readonly checks: readonly SwitchTarget[]
  readonly onClose: () => void
}

function SwitchOffForm({ agentId, checks, onClose }: SwitchOffFormProps) {
  const { t } = useTranslation()
  const language = useLanguage()
  const [key, setKey] = useState<string | null>(null)
  const [until, setUntil] = useState(() => localInputValue(untilPreset('morning', new Date(nowMs()))))
  const command = useCommand(agentId, onClose)
  const target = checks.find(each => targetKey(each) === key)
  const at = futureInstant(until, nowMs())
  const groups = KINDS.map(kind => ({
    group: t(`commands.groups.${kind}`),
    items: checks
      .filter(check => kind in check)
      .map(check => ({ value: targetKey(check), label: checkWord(targetKey(check), language) })),
  })).filter(({ items }) => items.length > 0)
  return (
    <form
      onSubmit={event => {
        event.preventDefault()
        if (target && at) command.mutate({ do: 'disable', target, until: at })
      }}
    >
      <Stack>
        <Text fz="sm" c="dimmed">
          {t('commands.explain')}
        </Text>
        <Select
          data-autofocus
          searchable
          required
          label={t('commands.what')}
          nothingFoundMessage={t('commands.whatEmpty')}
          data={groups}
          value={key}
          onChange={setKey}
        />
        <UntilField
          label={t('commands.until')}
          value={until}
          presets={['hour', 'morning', 'day', 'week']}
          onChange={setUntil}
        />
        {command.error ? <ErrorNotice thrown={command.error} /> : null}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" disabled={!target || !at} loading={command.isPending}>
            {t('commands.submit')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

/** Leaves a check alone until a moment: chosen from what the agent itself says that it has. */
export function SwitchOffDialog({ opened, ...form }: SwitchOffFormProps & { readonly opened: boolean }) {
  const { t } = useTranslation()
  return (
    <Modal opened={opened} onClose={form.onClose} title={t('commands.switchOff')}>
      {opened ? <SwitchOffForm {...form} /> : null}
    </Modal>
  )
}

import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { IconReplace } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api.ts'
import { formatMoment, zoneName } from '../../format.ts'
import { useLanguage } from '../../i18n/i18n.ts'
import { browserZone, nowMs } from '../../now.ts'
import { useMe } from '../../session.ts'
import { futureInstant, localInputValue, untilPreset } from '../../until.ts'
import { ErrorNotice } from '../../widgets/notice.tsx'
import { UntilField } from '../../widgets/until-field.tsx'

interface ReplacementMarkProps {
  readonly itemId: string
  readonly until: string | null
  readonly timeZone: string | undefined
}

/** "Replacement in progress until": set, shown and ended. */
export function ReplacementMark({ itemId, until, timeZone = browserZone() }: ReplacementMarkProps) {
  const { t } = useTranslation()
  const language = useLanguage()
  const { mayWork } = useMe()
  const [opened, dialog] = useDisclosure(false)
  const [value, setValue] = useState(() => localInputValue(untilPreset('day', new Date(nowMs()))))
  const queryClient = useQueryClient()
  const mark = useMutation({
    mutationFn: (next: string | null) => api.markReplacement(itemId, next),
    onSuccess: () => {
      dialog.close()
      notifications.show({ message: t('terminal.replacementSaved'), color: 'green' })
      void queryClient.invalidateQueries({ queryKey: ['terminal'] })
      void queryClient.invalidateQueries({ queryKey: ['replacements'] })
    },
  })
  const at = futureInstant(value, nowMs())
  if (until) {
    const untilMs = Date.parse(until)
    const time = `${formatMoment(language, untilMs, nowMs(), timeZone)} ${zoneName(timeZone, untilMs)}`
    return (
      <div className="tw-note" data-tone="accent">
        <Group justify="space-between" gap="xs">
          <Text fz="sm">{t('terminal.replacementUntil', { time })}</Text>
          {mayWork ? (
            <Button size="xs" variant="default" loading={mark.isPending} onClick={() => mark.mutate(null)}>
              {t('terminal.replacementEnd')}
            </Button>
          ) : null}
        </Group>
        {mark.error ? <ErrorNotice thrown={mark.error} /> : null}
      </div>
    )
  }
  if (!mayWork) return null
  return (
    <>
      <Button variant="default" size="sm" leftSection={<IconReplace size={16} aria-hidden />} onClick={dialog.open}>
        {t('terminal.replacementStart')}
      </Button>
      <Modal opened={opened} onClose={dialog.close} title={t('terminal.replacement')}>
        <Stack>
          <Text fz="sm" c="dimmed">
            {t('terminal.replacementExplain')}
          </Text>
          <UntilField
            label={t('terminal.replacementField')}
            value={value}
            presets={['hour', 'morning', 'day']}
            onChange={setValue}
          />
          {mark.error ? <ErrorNotice thrown={mark.error} /> : null}
          <Group justify="flex-end">
            <Button variant="default" onClick={dialog.close}>
              {t('common.cancel')}
            </Button>
            <Button disabled={!at} loading={mark.isPending} onClick={() => mark.mutate(at)}>
              {t('terminal.replacementSave')}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  )
}

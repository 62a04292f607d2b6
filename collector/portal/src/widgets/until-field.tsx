import { Button, Group, Stack, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { zoneName } from '../format.ts'
import { browserZone, nowMs } from '../now.ts'
import { localInputValue, type UntilPreset, untilPreset } from '../until.ts'

interface UntilFieldProps {
  readonly label: string
  /** Value of a `datetime-local` input, in the reader's zone. */
  readonly value: string
  readonly presets: readonly UntilPreset[]
  readonly onChange: (value: string) => void
}

/** A moment in the future, by a preset or exactly; the zone is told. */
export function UntilField({ label, value, presets, onChange }: UntilFieldProps) {
  const { t } = useTranslation()
  const passed = value !== '' && new Date(value).getTime() <= nowMs()
  return (
    <Stack gap="xs">
      <TextInput
        type="datetime-local"
        label={label}
        description={t('common.yourZone', { zone: zoneName(browserZone(), nowMs()) })}
        value={value}
        required
        onChange={event => onChange(event.currentTarget.value)}
        error={passed ? t('common.pastTime') : null}
      />
      <Group gap={6}>
        {presets.map(preset => (
          <Button
            key={preset}
            size="compact-sm"
            variant="default"
            onClick={() => onChange(localInputValue(untilPreset(preset, new Date(nowMs()))))}
          >
            {t(`incident.presets.${preset}`)}
          </Button>
        ))}
      </Group>
    </Stack>
  )
}

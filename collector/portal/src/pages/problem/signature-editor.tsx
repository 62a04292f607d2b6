import { Checkbox, Group, Stack, Text, TextInput } from '@mantine/core'
import type { ProblemSignature, VersionRange } from '@tillwatch/shared/api'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

const NOTHING: ProblemSignature = {
  ...{ causeClass: null, checks: [], model: null, firmware: null, driver: null },
  ...{ posApp: null, posVersion: null, errorCode: null, ofd: null },
}
const SINGLE = ['causeClass', 'model', 'posApp', 'errorCode', 'ofd'] as const
const RANGES = ['firmware', 'driver', 'posVersion'] as const
const LENGTH_MAX = 200

const orNull = (text: string): string | null => (text.trim() === '' ? null : text.trim())
const rangeOf = (from: string | null, to: string | null): VersionRange | null =>
  from === null && to === null ? null : { from, to }

interface RangeFieldProps {
  readonly label: string
  readonly range: VersionRange | null
  readonly onChange: (range: VersionRange | null) => void
}

function RangeField({ label, range, onChange }: RangeFieldProps) {
  const { t } = useTranslation()
  const [from, to] = [range?.from ?? null, range?.to ?? null]
  return (
    <div>
      <Text fz="sm" fw={500} mb={2}>
        {label}
      </Text>
      <Group grow gap="xs">
        <TextInput
          aria-label={`${label}, ${t('problemBook.from')}`}
          placeholder={t('problemBook.from')}
          maxLength={64}
          value={from ?? ''}
          onChange={event => onChange(rangeOf(orNull(event.currentTarget.value), to))}
        />
        <TextInput
          aria-label={`${label}, ${t('problemBook.to')}`}
          placeholder={t('problemBook.to')}
          maxLength={64}
          value={to ?? ''}
          onChange={event => onChange(rangeOf(from, orNull(event.currentTarget.value)))}
        />
      </Group>
    </div>
  )
}

interface SignatureEditorProps {
  readonly signature: ProblemSignature | null
  readonly onChange: (signature: ProblemSignature | null) => void
}

/** What a problem is recognised by. What is left empty fits anything. */
export function SignatureEditor({ signature, onChange }: SignatureEditorProps) {
  const { t } = useTranslation()
  const [checks, setChecks] = useState(signature?.checks.join(', ') ?? '')
  const set = (change: Partial<ProblemSignature>) => onChange({ ...(signature ?? NOTHING), ...change })
  return (
    <Stack gap="sm" component="fieldset" className="tw-plain">
      <Checkbox
        label={t('problemBook.compare')}
        checked={signature !== null}
        onChange={event => onChange(event.currentTarget.checked ? { ...NOTHING, causeClass: 'ofd' } : null)}
      />
      {signature ? (
        <>
          <TextInput
            label={t('problemBook.checks')}
            description={t('problemBook.checksHint')}
            value={checks}
            onChange={event => {
              setChecks(event.currentTarget.value)
              const named = event.currentTarget.value.split(',').map(check => check.trim())
              set({ checks: named.filter(check => check !== '') })
            }}
          />
          <Group grow align="flex-start" gap="sm">
            {RANGES.map(key => (
              <RangeField
                key={key}
                label={t(`problemBook.${key}`)}
                range={signature[key]}
                onChange={range => set({ [key]: range })}
              />
            ))}
          </Group>
          <Group grow align="flex-start" gap="sm">
            {SINGLE.map(key => (
              <TextInput
                key={key}
                label={t(`problemBook.${key}`)}
                placeholder={t('problemBook.any')}
                maxLength={key === 'causeClass' ? 40 : LENGTH_MAX}
                value={signature[key] ?? ''}
                onChange={event => set({ [key]: event.currentTarget.value || null })}
              />
            ))}
          </Group>
        </>
      ) : null}
    </Stack>
  )
}

import { CloseButton, Kbd, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'

interface SearchFieldProps {
  readonly value: string
  readonly label: string
  readonly onChange: (value: string) => void
}

/** Search of a list; asks when typing pauses. The key `/` comes here. */
export function SearchField({ value, label, onChange }: SearchFieldProps) {
  const { t } = useTranslation()
  const [typed, setTyped] = useState(value)
  const ask = useDebouncedCallback(onChange, 250)
  useEffect(() => setTyped(value), [value])
  const set = (next: string) => {
    setTyped(next)
    ask(next)
  }
  return (
    <TextInput
      type="search"
      data-search
      aria-label={label}
      placeholder={label}
      value={typed}
      onChange={event => set(event.currentTarget.value)}
      leftSection={<IconSearch size={16} aria-hidden />}
      rightSection={
        typed ? (
          <CloseButton size="sm" aria-label={t('common.clear')} onClick={() => set('')} />
        ) : (
          <Kbd visibleFrom="md">/</Kbd>
        )
      }
      className="tw-search"
    />
  )
}

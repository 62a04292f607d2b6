import { ActionIcon, Menu, SegmentedControl, useMantineColorScheme } from '@mantine/core'
import { IconDeviceDesktop, IconMoon, IconSun } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Language } from '../format.ts'
import { LANGUAGES, setLanguage, useLanguage } from '../i18n/i18n.ts'

/** Each language is named in itself, so that it is found by whoever needs it. */
const OWN_NAMES: Record<Language, string> = { ru: 'Русский', en: 'English' }
const SCHEMES = [
  { value: 'auto', icon: IconDeviceDesktop },
  { value: 'light', icon: IconSun },
  { value: 'dark', icon: IconMoon },
] as const

/** Short switch of the language, for the frame. */
export function LanguageSwitch({ full = false }: { full?: boolean }) {
  const { t } = useTranslation()
  const language = useLanguage()
  return (
    <SegmentedControl
      size={full ? 'sm' : 'xs'}
      aria-label={t('preferences.language')}
      value={language}
      onChange={value => setLanguage(value as Language)}
      data={LANGUAGES.map(value => ({ value, label: full ? OWN_NAMES[value] : value.toUpperCase() }))}
    />
  )
}

/** Button with the three schemes behind it, for the frame. */
export function ThemeMenu() {
  const { t } = useTranslation()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const Current = SCHEMES.find(each => each.value === colorScheme)?.icon ?? IconDeviceDesktop
  return (
    <Menu position="top-end" withinPortal>
      <Menu.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          size="lg"
          aria-label={`${t('preferences.theme')}: ${t(`preferences.${colorScheme}`)}`}
        >
          <Current size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {SCHEMES.map(({ value, icon: Icon }) => (
          <Menu.Item
            key={value}
            leftSection={<Icon size={16} aria-hidden />}
            onClick={() => setColorScheme(value)}
            fw={value === colorScheme ? 600 : 400}
          >
            {t(`preferences.${value}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}

/** The same choice in words, for the account page. */
export function ThemeSwitch() {
  const { t } = useTranslation()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  return (
    <SegmentedControl
      aria-label={t('preferences.theme')}
      value={colorScheme}
      onChange={value => setColorScheme(value as (typeof SCHEMES)[number]['value'])}
      data={SCHEMES.map(({ value }) => ({ value, label: t(`preferences.${value}`) }))}
    />
  )
}

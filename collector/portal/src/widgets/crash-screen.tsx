import { Button } from '@mantine/core'
import { IconBug } from '@tabler/icons-react'
import { Component, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { EmptyNotice } from './notice.tsx'

function CrashNotice({ detail }: { detail: string }) {
  const { t } = useTranslation()
  return (
    <main className="tw-alone">
      <EmptyNotice
        icon={IconBug}
        title={t('common.crashTitle')}
        text={t('common.crashText')}
        detail={detail}
        action={<Button onClick={() => window.location.reload()}>{t('common.reload')}</Button>}
      />
    </main>
  )
}

/** Catches a programming error of a page and offers the way out instead of an empty window. */
export class CrashScreen extends Component<{ children: ReactNode }, { thrown: unknown }> {
  override state: { thrown: unknown } = { thrown: null }

  static getDerivedStateFromError(thrown: unknown) {
    return { thrown }
  }

  override render() {
    const { thrown } = this.state
    if (!thrown) return this.props.children
    return <CrashNotice detail={thrown instanceof Error ? thrown.message : ''} />
  }
}

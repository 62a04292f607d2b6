import { Badge, Group, Text } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import type { ReplacementPlan } from '@tillwatch/shared/api'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { formatDeviceDate, formatNumber } from '../../format.ts'
import { useLanguage } from '../../i18n/i18n.ts'
import { Moment } from '../../widgets/moment.tsx'

type AddressRegisters = ReplacementPlan['months'][number]['addresses'][number]
type Register = AddressRegisters['registers'][number]

function Name({ register }: { register: Register }) {
  const { t } = useTranslation()
  return (
    <>
      <Link href={`/terminals/${encodeURIComponent(register.agentId)}`}>
        {[register.model, register.serial].filter(Boolean).join(' · ') || t('fleet.noRegister')}
      </Link>
      <div className="tw-dim tw-wrap">
        {[register.terminal, register.inn && `${t('directory.inn')} ${register.inn}`].filter(Boolean).join(' · ')}
      </div>
      {register.inProgressUntil ? (
        <Badge variant="light" size="sm" tt="none" fw={500}>
          {t('replacements.inProgress', { time: '' })}
          <Moment at={register.inProgressUntil} />
        </Badge>
      ) : null}
    </>
  )
}

function Limit({ register }: { register: Register }) {
  const { t } = useTranslation()
  return (
    <>
      {t(`replacements.limits.${register.limitedBy}`)}
      {register.confidence && register.confidence !== 'high' ? (
        <div className="tw-dim">{t(`stop.confidence.${register.confidence}`)}</div>
      ) : null}
    </>
  )
}

function Queue({ register }: { register: Register }) {
  const { t } = useTranslation()
  const language = useLanguage()
  if (register.unsentDocuments === null) return <>—</>
  if (register.unsentDocuments === 0) return <span className="tw-dim">{t('fleet.queueEmpty')}</span>
  return (
    <>
      {formatNumber(language, register.unsentDocuments)}
      <div className="tw-warn">{t('replacements.sendFirst')}</div>
    </>
  )
}

/** Device dates stay as the device gave them; forecasts are instants and lose their time of day here. */
const dayOf = (text: string) => text.slice(0, 10)

function Cards({ registers }: { registers: readonly Register[] }) {
  const { t } = useTranslation()
  const language = useLanguage()
  return (
    <ul className="tw-cards">
      {registers.map(register => (
        <li key={register.itemId} className="tw-card tw-small">
          <Name register={register} />
          <div className="tw-card-foot">
            <b>{register.endsAt ? formatDeviceDate(language, dayOf(register.endsAt)) : t('replacements.unknown')}</b>{' '}
            <span className="tw-dim">
              (<span>{t(`replacements.limits.${register.limitedBy}`)}</span>)
            </span>
            <div className="tw-dim">
              {t('replacements.fnSerial')}: {register.fnSerial ?? '—'}
            </div>
            {register.unsentDocuments ? (
              <div className="tw-warn">
                {t('replacements.sendFirst')}: {t('fleet.documents', { count: register.unsentDocuments })}
              </div>
            ) : null}
          </div>
        </li>
      ))}
    </ul>
  )
}

function Table({ registers }: { registers: readonly Register[] }) {
  const { t } = useTranslation()
  const language = useLanguage()
  return (
    <table className="tw-table tw-plan">
      <thead>
        <tr>
          <th scope="col">{t('replacements.register')}</th>
          <th scope="col">{t('replacements.endsAt')}</th>
          <th scope="col">{t('replacements.limitedBy')}</th>
          <th scope="col">{t('replacements.fnSerial')}</th>
          <th scope="col">{t('replacements.lastDocument')}</th>
          <th scope="col">{t('replacements.queue')}</th>
        </tr>
      </thead>
      <tbody>
        {registers.map(register => (
          <tr key={register.itemId}>
            <td>
              <Name register={register} />
            </td>
            <td className="tw-time">
              <b>{register.endsAt ? formatDeviceDate(language, dayOf(register.endsAt)) : '—'}</b>
            </td>
            <td>
              <Limit register={register} />
            </td>
            <td>{register.fnSerial ?? '—'}</td>
            <td>{register.lastDocument === null ? '—' : formatNumber(language, register.lastDocument)}</td>
            <td>
              <Queue register={register} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** The registers of one address: one visit. */
export function AddressGroup({ group }: { group: AddressRegisters }) {
  const { t } = useTranslation()
  const narrow = useMediaQuery('(max-width: 1023px)', undefined, { getInitialValueInEffect: false })
  return (
    <>
      <Group justify="space-between" gap="xs" px="md" pt="sm" pb={6}>
        <div className="tw-grow">
          <Text fw={600} className="tw-wrap">
            {group.address}
          </Text>
          <Text fz="sm" c="dimmed">
            {[group.client, group.site].filter(Boolean).join(' · ')}
          </Text>
        </div>
        <Text fz="sm" c="dimmed">
          {t('replacements.registers', { count: group.registers.length })}
        </Text>
      </Group>
      {narrow ? <Cards registers={group.registers} /> : <Table registers={group.registers} />}
    </>
  )
}

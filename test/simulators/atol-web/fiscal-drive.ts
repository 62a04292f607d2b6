import { type AtolDevice, type RegisterView, stateTimeText } from './register-view.ts'

const PHASES = {
  setup: 'init',
  ready: 'configured',
  fiscal: 'fiscalMode',
  post_fiscal: 'postFiscalMode',
  archive: 'accessArchive',
} as const

/** True before the registration, when the drive has nothing to tell about it. */
export const isUnregistered = ({ state }: AtolDevice): boolean =>
  state.fn.phase === 'setup' || state.fn.phase === 'ready'

/** Five warnings have a name here; the others of a drive cannot be told. */
function warnings({ state }: AtolDevice) {
  const has = (flag: (typeof state.fn.flags)[number]) => state.fn.flags.includes(flag)
  return {
    criticalError: has('critical_error'),
    memoryOverflow: has('memory_almost_full'),
    needReplacement: has('replace_urgently'),
    ofdTimeout: has('ofd_timeout'),
    resourceExhausted: has('key_resource_ending'),
  }
}

/** `getFnInfo`. */
export function fnInfo({ device, fnSerial }: RegisterView) {
  const { fn, register, quirks } = device.state
  return {
    fnInfo: {
      serial: fnSerial,
      ...(quirks.profile === 'new' && {
        version: fn.firmware,
        execution: 'Ин36-1М',
        fnContainsKeysUpdaterServerUri: false,
      }),
      numberOfRegistrations: fn.registrations_done,
      registrationsRemaining: fn.registrations_left,
      validityDate: isUnregistered(device) ? quirks.no_date : stateTimeText(device, fn.valid_until),
      ffdVersion: register.ffd,
      fnFfdVersion: register.ffd,
      livePhase: PHASES[fn.phase],
      warnings: warnings(device),
    },
  }
}

/** `getFnStatus`. */
export const fnStatus = ({ device }: RegisterView) => ({
  fnStatus: {
    fiscalDocumentNumber: device.state.fn.last_document,
    fiscalReceiptNumber: device.state.shift.receipts,
    warnings: warnings(device),
  },
})

/** `ofdExchangeStatus`: the queue, and what came of the last attempts to send it. */
export function exchangeStatus({ device }: RegisterView) {
  const { ofd, fn, quirks } = device.state
  const { fn: fnError, network, ofd: ofdError } = quirks.exchange_errors
  const waits = ofd.unsent_documents > 0
  return {
    status: {
      notSentCount: ofd.unsent_documents,
      notSentFirstDocNumber: waits ? (ofd.first_unsent_document ?? fn.last_document - ofd.unsent_documents + 1) : 0,
      notSentFirstDocDateTime: stateTimeText(device, waits ? ofd.first_unsent_at : null),
      ...(quirks.profile === 'new' && { lastSuccessKeysUpdate: quirks.no_date }),
    },
    errors: {
      fnCommandCode: 0,
      documentNumber: 0,
      lastSuccessConnectionDateTime: quirks.last_connection_at ?? quirks.no_date,
      fn: fnError,
      network,
      ofd: ofdError,
    },
    ...(quirks.profile === 'new' && { warnings: { dataForSendIsEmpty: !waits } }),
  }
}

/** `ismExchangeStatus`: the queue of marking notifications. */
export function markingExchangeStatus({ device }: RegisterView) {
  const { marking, quirks } = device.state
  const { fn, network, ism } = quirks.exchange_errors
  const waits = marking.unsent_notifications > 0
  return {
    status: {
      notSentCount: marking.unsent_notifications,
      notSentFirstNoticeNumber: waits ? marking.first_unsent_notification : 0,
      notSentFirstNoticeDateTime: stateTimeText(device, waits ? marking.first_unsent_at : null),
    },
    errors: {
      fnCommandCode: 0,
      documentNumber: 0,
      lastSuccessConnectionDateTime: quirks.last_connection_at ?? quirks.no_date,
      fn,
      network,
      ism,
    },
    warnings: { dataForSendIsEmpty: !waits },
  }
}

const TAX_SYSTEMS = ['osn', 'usnIncome', 'usnIncomeOutcome', 'envd', 'esn', 'patent'] as const
const REGISTRATION_NUMBER_LENGTH = 20

/** `getRegistrationInfo`. */
export function registrationInfo({ device }: RegisterView) {
  const { register, quirks, marking } = device.state
  const taxationTypes = TAX_SYSTEMS.filter((_, bit) => register.tax_systems & (1 << bit))
  const number = register.registration_number
  const no = { encryption: false, autoMode: false, machineInstallation: false, bso: false, internet: false }
  return {
    organization: {
      name: register.organisation,
      vatin: register.inn,
      email: 'shop@example',
      address: register.address,
      taxationTypes,
      agents: [],
    },
    device: {
      registrationNumber: quirks.padded_registration_number ? number.padEnd(REGISTRATION_NUMBER_LENGTH) : number,
      paymentsAddress: register.address,
      fnsUrl: 'tax.example',
      machineNumber: '',
      ffdVersion: register.ffd,
      defaultTaxationType: taxationTypes[0] ?? 'osn',
      ofdChannel: quirks.ofd_channel,
      offlineMode: register.autonomous,
      ...no,
      excise: false,
      service: false,
      gambling: false,
      lottery: false,
      ...(register.ffd === '1.2' && { marking: marking.enabled, pawnShop: false, insurance: false }),
    },
    ofd: {
      name: register.ofd_name,
      vatin: register.ofd_inn,
      host: register.ofd_host,
      port: register.ofd_port,
      dns: '0.0.0.0',
    },
    ...(quirks.profile === 'new' && { ism: { host: 'ism.example', port: 7777 } }),
  }
}

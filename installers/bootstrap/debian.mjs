// Debian packages that some test suites use. Runs before anything is installed: plain JavaScript, no packages.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { say } from './toolchain.mjs'

/** What each package is for, and the file that shows that it is there. */
const WANTED = [
  { name: 'chromium', shows: '/usr/bin/chromium', suites: 'browser tests' },
  { name: 'redmine', shows: '/usr/share/redmine/config.ru', suites: 'service desk tests' },
  { name: 'redmine-sqlite', shows: '/usr/share/doc/redmine-sqlite', suites: 'service desk tests' },
  { name: 'puma', shows: '/usr/bin/puma', suites: 'service desk tests' },
  { name: 'request-tracker5', shows: '/usr/share/request-tracker5/libexec/rt-server', suites: 'service desk tests' },
  { name: 'rt5-db-sqlite', shows: '/usr/share/doc/rt5-db-sqlite', suites: 'service desk tests' },
  { name: 'rt5-standalone', shows: '/usr/share/doc/rt5-standalone', suites: 'service desk tests' },
  // Request Tracker wants a mailer; this one is no server.
  { name: 'msmtp-mta', shows: '/usr/sbin/sendmail', suites: 'service desk tests' },
]

/** Answers for the packages' own installer questions, so that none is asked. Request Tracker gets no instance: its suite makes its own. */
const ANSWERS = [
  'redmine redmine/instances/default/dbconfig-install boolean true',
  'redmine redmine/instances/default/database-type select sqlite3',
  'redmine redmine/default-language select en',
  'request-tracker5 request-tracker5/dbconfig-install boolean false',
  'request-tracker5 request-tracker5/install-cronjobs boolean false',
  'request-tracker5 request-tracker5/rtname string tillwatch.test',
].join('\n')

/** Installs what is missing where that is allowed (root on Debian), names it everywhere. */
export function installDebianPackages() {
  const missing = WANTED.filter(({ shows }) => !existsSync(shows))
  if (missing.length === 0) return
  const names = missing.map(({ name }) => name)
  const suites = [...new Set(missing.map(({ suites }) => suites))].join(', ')
  const command = `apt-get install -y --no-install-recommends ${names.join(' ')}`
  const refusal =
    process.env.TILLWATCH_NO_INSTALL === '1'
      ? 'TILLWATCH_NO_INSTALL is set'
      : !existsSync('/etc/debian_version')
        ? 'this is not Debian'
        : process.getuid?.() !== 0
          ? 'not running as root'
          : null
  if (refusal) {
    say(`Debian packages not installed (${refusal}): ${names.join(', ')}. Their suites (${suites}) count as skipped.`)
    say(`This would install them:  ${command}`)
    return
  }
  say(`installing Debian packages for ${suites}: ${names.join(', ')}`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const apt = args =>
    spawnSync('apt-get', ['-o', 'DPkg::Lock::Timeout=300', '-qq', ...args], { stdio: ['ignore', 'ignore', 2], env })
      .status
  spawnSync('debconf-set-selections', { input: ANSWERS, env })
  const install = ['install', '-y', '--no-install-recommends', ...names]
  if (apt(install) !== 0 && (apt(['update']) !== 0 || apt(install) !== 0))
    say(`could not install them; their suites count as skipped. Try:  ${command}`)
}

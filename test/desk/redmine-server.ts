import { execFileSync, spawn } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../stack/free-port.ts'
import { stopProcess, untilAnswers, webId } from './desk-process.ts'

const APPLICATION = '/usr/share/redmine'
const PUMA = '/usr/bin/puma'
const SEED_MS_MAX = 120_000

/** A running Redmine of our own. */
export interface RedmineServer {
  readonly url: string
  readonly apiKey: string
  /** Key of a person who may do everything. */
  readonly personKey: string
  /** Number of a person whom tickets can be given to. */
  readonly engineer: number
  readonly project: string
  readonly keyField: number
  /** A field that exists on no tracker: what is written to it is dropped. */
  readonly orphanField: number
  /** A field that is on the tracker but not "used as a filter". */
  readonly unsearchableField: number
  stop(): Promise<void>
}

/** Why the suite cannot run on this machine; null when it can. */
export function redmineMissing(): string | null {
  if (process.platform !== 'linux') return 'the Debian package of Redmine runs on Linux only'
  if (!existsSync(APPLICATION) || !existsSync(PUMA))
    return 'Debian packages redmine, redmine-sqlite, puma are not installed'
  if (!existsSync('/etc/redmine/default/database.yml')) return 'the Redmine package has no configured instance'
  if (process.getuid?.() !== 0) return 'starting Redmine as www-data needs root'
  return null
}

const SEED = `
Redmine::DefaultData::Loader.load('en') if IssueStatus.count.zero?
Setting.rest_api_enabled = '1'
Setting.login_required = '1'
Setting.notified_events = []
Setting.default_language = 'en'
project = Project.find_by(identifier: 'tills') ||
  Project.create!(name: 'Tills', identifier: 'tills', is_public: false, enabled_module_names: ['issue_tracking'])
project.trackers = Tracker.all
project.save!
field = lambda do |name, filter, trackers|
  found = IssueCustomField.find_by(name: name) ||
    IssueCustomField.new(name: name, field_format: 'string', max_length: 190, is_for_all: true)
  found.is_filter = filter
  found.trackers = trackers
  found.save!
  found.id
end
key = field.call('Tillwatch key', true, Tracker.all)
plain = field.call('Tillwatch unsearchable', false, Tracker.all)
orphan = field.call('Tillwatch orphan', true, [])
role = Role.find_by(name: 'Tillwatch') || Role.new(name: 'Tillwatch')
role.permissions = [:view_issues, :add_issues, :edit_issues, :add_issue_notes, :view_private_notes, :set_notes_private]
role.issues_visibility = 'all'
role.save!
manager = Role.where(builtin: 0).where.not(id: role.id).order(:position).first
WorkflowRule.copy(nil, manager, Tracker.all.to_a, [role]) if role.workflow_rules.empty?
user = User.find_by(login: 'tillwatch') || User.new(firstname: 'Till', lastname: 'Watch', mail: 'bot@tillwatch.test')
user.login = 'tillwatch'
user.password = user.password_confirmation = SecureRandom.hex(12) if user.new_record?
user.status = User::STATUS_ACTIVE
user.save!
Member.create!(user: user, project: project, roles: [role]) unless Member.exists?(user_id: user.id, project_id: project.id)
engineer = User.find_by(login: 'engineer') || User.new(firstname: 'Field', lastname: 'Engineer', mail: 'engineer@tillwatch.test')
engineer.login = 'engineer'
engineer.password = engineer.password_confirmation = SecureRandom.hex(12) if engineer.new_record?
engineer.status = User::STATUS_ACTIVE
engineer.save!
staff = Role.where(builtin: 0, assignable: true).where.not(id: role.id).order(:position).first
Member.create!(user: engineer, project: project, roles: [staff]) unless Member.exists?(user_id: engineer.id, project_id: project.id)
IssueCategory.find_or_create_by!(project: project, name: 'Registers')
person = User.find_by!(admin: true)
person.update!(must_change_passwd: false)
File.write(ENV.fetch('OUT'), { personKey: person.api_key, engineer: engineer.id, apiKey: user.api_key, keyField: key, unsearchableField: plain, orphanField: orphan }.to_json)
`

/** Starts the application with attachments in a folder of ours. */
const RACKUP = `
require '${APPLICATION}/config/environment'
Attachment.storage_path = ENV.fetch('FILES')
run RedmineApp::Application
`

/**
 * Starts the Debian package of Redmine on loopback with a copy of its database in a folder of its own: the installed instance is not
 * touched, and two runs do not meet. About twenty seconds.
 */
export async function startRedmine(): Promise<RedmineServer> {
  const [uid, gid] = [webId('-u'), webId('-g')]
  const folder = mkdtempSync(join(tmpdir(), 'tillwatch-redmine-'))
  chmodSync(folder, 0o755)
  const state = join(folder, 'state')
  mkdirSync(state)
  chownSync(state, uid, gid)
  const seed = join(folder, 'seed.rb')
  writeFileSync(seed, SEED)
  const rackup = join(folder, 'config.ru')
  writeFileSync(rackup, RACKUP)
  const out = join(state, 'seeded.json')
  const environment = { ...environmentOf(state, uid, gid), OUT: out, FILES: state }
  const asUser = { cwd: APPLICATION, env: environment, uid, gid, stdio: 'pipe' as const }
  execFileSync(join(APPLICATION, 'bin', 'rails'), ['runner', seed], { ...asUser, timeout: SEED_MS_MAX })
  const port = await freePort()
  const server = spawn(PUMA, ['-e', 'production', '-t', '1:4', '-b', `tcp://127.0.0.1:${port}`, rackup], {
    ...asUser,
    stdio: 'ignore',
  })
  const url = `http://127.0.0.1:${port}`
  const stop = async () => {
    await stopProcess(server)
    rmSync(folder, { recursive: true, force: true })
  }
  const seeded = JSON.parse(readFileSync(out, 'utf8')) as Omit<RedmineServer, 'url' | 'project' | 'stop'>
  try {
    await untilAnswers(`${url}/users/current.json`, { 'x-redmine-api-key': seeded.apiKey }, server)
  } catch (error) {
    await stop()
    throw error
  }
  return { url, project: 'tills', ...seeded, stop }
}

/** The package's own switches: DATABASE_URL wins over its database.yml. */
function environmentOf(state: string, uid: number, gid: number): NodeJS.ProcessEnv {
  const database = join(state, 'redmine.sqlite3')
  const installed = '/var/lib/dbconfig-common/sqlite3/redmine/instances/default/redmine_default'
  if (existsSync(installed)) {
    cpSync(installed, database)
    chownSync(database, uid, gid)
  }
  return {
    PATH: process.env['PATH'],
    HOME: state,
    LANG: 'C.UTF-8',
    RAILS_ENV: 'production',
    RAILS_SERVE_STATIC_FILES: '1',
    X_DEBIAN_SITEID: 'default',
    DATABASE_URL: `sqlite3:${database}`,
  }
}

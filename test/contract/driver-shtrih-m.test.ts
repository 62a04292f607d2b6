import { driverContractOnPorts } from './driver-ports.ts'
import { shtrihM } from './profiles/shtrih-m.ts'
import { shtrihMPackets } from './profiles/shtrih-m-packets.ts'

driverContractOnPorts(shtrihM, ['tcp', 'serial'])
driverContractOnPorts(shtrihMPackets, ['tcp', 'serial'])

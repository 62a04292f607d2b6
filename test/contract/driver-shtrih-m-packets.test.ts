import { driverContractOnPorts } from './driver-ports.ts'
import { shtrihMPackets } from './profiles/shtrih-m-packets.ts'

driverContractOnPorts(shtrihMPackets, ['tcp', 'serial'])

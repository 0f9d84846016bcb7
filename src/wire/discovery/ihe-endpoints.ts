/** Where OpenNCP has its services below one base. */
import type { IheEndpoints } from './directory.ts'

/** @param services e.g. `https://ncp.example:8443/openncp-ws-server/services` */
export function iheEndpoints(services: string, profile: IheEndpoints['profile'] = 'openncp'): IheEndpoints {
  const at = (service: string) => `${services.replace(/\/$/, '')}/${service}`
  return {
    patientDiscovery: at('XCPD_Service'),
    query: at('XCA_Service'),
    retrieve: at('XCA_Service'),
    submission: at('XDR_Service'),
    profile,
  }
}

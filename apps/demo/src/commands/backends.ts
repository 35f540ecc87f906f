import { Command } from 'commander';
import { type OutputOptions, shared } from '../commandLine/options.ts';

export function backendsCommand(): Command {
  return new Command('backends')
    .description('what this machine can compute on, and why not on the rest')
    .addOption(shared.json())
    .addOption(shared.verbose())
    .action(async (options: OutputOptions) => {
      const [{ createBackend, listBackends }, { createOutput }, { formatTable }] = await Promise.all([
        import('@flambeau/core'),
        import('../console/output.ts'),
        import('../console/table.ts'),
      ]);
      const output = createOutput(options);
      const reports = await listBackends();
      for (const { name, available, device, reason } of reports) output.event({ name, available, device, reason });
      const rows = reports.map(({ name, available, device, reason }) => [
        name,
        available ? 'yes' : 'no',
        device || '–',
        reason,
      ]);
      output.result(formatTable(['backend', 'available', 'device', 'note'], rows));
      if (!options.json) output.result(`\nauto takes ${(await createBackend('auto')).name} here.`);
    });
}

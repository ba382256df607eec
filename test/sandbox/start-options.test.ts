import { describe, expect, it } from 'vitest';
import { readOptions } from './start-options.ts';

const USUAL = { fresh: false, servicePort: 8080, deskPort: 8090 };

describe('the options of the demo', () => {
  it.each([
    ['nothing', [], {}, USUAL],
    ['all', ['--fresh', '--port', '8180', '--desk-port=8190'], {}, { fresh: true, servicePort: 8180, deskPort: 8190 }],
    ['the environment', [], { LOOPKEEPER_PORT: '8181' }, { ...USUAL, servicePort: 8181 }],
    ['more than the environment', ['--port', '8182'], { LOOPKEEPER_PORT: 'x' }, { ...USUAL, servicePort: 8182 }],
    ['what the system chooses', ['--port', '0', '--desk-port', '0'], {}, { ...USUAL, servicePort: 0, deskPort: 0 }],
  ])('are %s', (_, args, environment, options) => expect(readOptions(args, environment)).toEqual({ options }));

  it.each([
    [['--bogus'], {}, "Unknown option '--bogus'."],
    [['--port', 'abc'], {}, '--port has to be a port, a number up to 65535, and is “abc”.'],
    [['--desk-port', '65536'], {}, '--desk-port has to be a port, a number up to 65535, and is “65536”.'],
    [[], { LOOPKEEPER_PORT: '-1' }, 'LOOPKEEPER_PORT has to be a port, a number up to 65535, and is “-1”.'],
    [['--port'], {}, "Option '--port <value>' argument missing."],
    [['--port', '-1'], {}, "Option '--port' argument is ambiguous."],
    [['fresh'], {}, "Unexpected argument 'fresh'."],
    [['--port', '8090'], {}, 'The service and the front desk need a port each, and both were to have 8090.'],
    [['--desk-port', '8080'], {}, 'The service and the front desk need a port each, and both were to have 8080.'],
  ])('say what is wrong with %j, %j', (args, environment, wrong) =>
    expect(readOptions(args, environment)).toEqual({ wrong }),
  );

  it('can be asked for', () => expect(readOptions(['--help'], {})).toEqual({ help: true }));
});

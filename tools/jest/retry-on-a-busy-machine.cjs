// On a shared machine a test of real sockets and processes may meet a pause that is not the code's. With TEST_RETRIES=n a test that
// fails is tried up to n times more, and each failure is printed; without it (by hand) the first failure is the result.
const retries = Number(process.env.TEST_RETRIES ?? 0);
if (retries > 0) jest.retryTimes(retries, { logErrorsBeforeRetry: true });

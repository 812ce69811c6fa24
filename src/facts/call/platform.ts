import type { Found } from './found.ts'

/** Command lines that change what a hosting platform runs or how. Matched against the words joined by blanks. */
const commands: readonly (readonly [RegExp, string])[] = [
  [/^heroku config:(set|unset|add|remove|edit)\b/, 'Heroku config vars'],
  [
    /^heroku (ps:(scale|resize|restart|type)|dyno:(scale|resize|restart)|restart|releases:rollback|rollback|addons:(create|attach|detach|destroy)|features:enable|labs:enable)\b/,
    'the Heroku app',
  ],
  [/^(fly|flyctl) secrets (set|unset|import|deploy)\b/, 'Fly.io secrets'],
  [
    /^(fly|flyctl) (deploy|scale|machines? (update|restart|stop|start|destroy|run|clone)|apps restart|config save)\b/,
    'the Fly.io app',
  ],
  [/^vercel env (add|rm|remove|update)\b/, 'Vercel environment variables'],
  [/^vercel (deploy|redeploy|promote|rollback|--prod)/, 'the Vercel deployment'],
  [/^(netlify|ntl) env:(set|unset|import|clone)\b/, 'Netlify environment variables'],
  [/^(netlify|ntl) deploy\b/, 'the Netlify deployment'],
  [/^render (deploys? create|services? (update|restart)|restart)\b/, 'the Render service'],
  [/^railway (variables? (--set|set)|variables\b.*--set|up\b|redeploy|restart)/, 'Railway variables'],
  [
    /^(dokku|gigalixir|scalingo|cf|clever|caprover|koyeb) (config:set|config:unset|set-env|unset-env|env-set|env set|ps:scale|ps:restart|restage|restart|push|services? update)/,
    'the app on its platform',
  ],
  [/^eb (setenv|deploy|scale|restart|config)\b/, 'the Elastic Beanstalk environment'],
  [/^doctl apps (update|create-deployment)\b/, 'the App Platform app'],
  [/^aws (?:--\S+ (?:\S+ )?)*ssm (put-parameter|delete-parameters?)\b/, 'SSM parameters'],
  [
    /^aws (?:--\S+ (?:\S+ )?)*secretsmanager (put-secret-value|update-secret|delete-secret|rotate-secret)\b/,
    'Secrets Manager secrets',
  ],
  [
    /^aws (?:--\S+ (?:\S+ )?)*ecs (update-service|register-task-definition|deregister-task-definition|delete-service)\b/,
    'the ECS service',
  ],
  [
    /^aws (?:--\S+ (?:\S+ )?)*lambda (update-function-configuration|update-function-code|put-function-concurrency|update-alias)\b/,
    'the Lambda function',
  ],
  [
    /^aws (?:--\S+ (?:\S+ )?)*elasticbeanstalk (update-environment|restart-app-server)\b/,
    'the Elastic Beanstalk environment',
  ],
  [
    /^aws (?:--\S+ (?:\S+ )?)*(apprunner (update-service|start-deployment)|amplify update-(app|branch)|appconfig start-deployment|cloudformation (deploy|update-stack)|autoscaling (update-auto-scaling-group|set-desired-capacity|start-instance-refresh))\b/,
    'the AWS deployment',
  ],
  [
    /^(kubectl|oc) (?:-\S+ (?:[^-\s]\S* )?)*(set (env|image|resources)|patch|rollout (restart|undo)|scale|replace|edit|autoscale)\b/,
    'Kubernetes workloads',
  ],
  [
    /^(kubectl|oc) (?:-\S+ (?:[^-\s]\S* )?)*(apply|create (configmap|secret)|delete (deploy|deployment|configmap|cm|secret|statefulset|pods?|ns|namespace))\b/,
    'Kubernetes objects',
  ],
  [/^helm (?:-\S+ (?:[^-\s]\S* )?)*(upgrade|install|rollback|uninstall|delete)\b/, 'the Helm release'],
  [
    /^gcloud (?:(?:beta|alpha) )?(run (services (update|replace)|deploy|jobs update)|app deploy|functions deploy|container clusters (update|resize)|secrets versions (add|destroy|disable))\b/,
    'the Google Cloud service',
  ],
  [
    /^az (webapp (config|restart|deploy|update)|functionapp (config|restart|deploy)|containerapp (update|up|secret set|revision)|appservice plan update|container restart)\b/,
    'the Azure app',
  ],
  [/^docker (service (update|scale|rollback)|stack deploy)\b/, 'the Swarm service'],
  [
    /^(nomad job run|nomad run|waypoint (deploy|up)|pulumi up|terraform apply|tofu apply|cdk deploy|serverless deploy|sls deploy|sam deploy|kamal (deploy|redeploy|env push)|cap \S+ deploy)\b/,
    'the deployment',
  ],
]

/** Addresses of platform APIs, and what a writing request to them changes. */
const addresses: readonly (readonly [RegExp, string])[] = [
  [/^https?:\/\/api\.heroku\.com\/.*config-vars|^\/(apps|teams)\/.*config-vars/, 'Heroku config vars'],
  [
    /^https?:\/\/api\.heroku\.com(\/|$)|^\/apps\/[^/]+\/(formation|dynos|releases|builds|addons|domains)\b/,
    'the Heroku app',
  ],
  [/^https?:\/\/(api\.machines\.dev|_api\.internal(:\d+)?)\//, 'Fly.io machines'],
  [/^https?:\/\/api\.vercel\.com\//, 'the Vercel project'],
  [/^https?:\/\/api\.render\.com\//, 'the Render service'],
  [/^https?:\/\/api\.netlify\.com\//, 'the Netlify site'],
  [/^https?:\/\/api\.digitalocean\.com\/v2\/apps/, 'the App Platform app'],
  [/^https?:\/\/kubernetes(\.default)?(\.svc[\w.]*)?(:\d+)?\//, 'Kubernetes objects'],
  [/^https?:\/\/(management\.azure\.com)\/.*\/(sites|containerApps)\//, 'the Azure app'],
  [/^https?:\/\/(run|cloudfunctions|appengine)\.googleapis\.com\//, 'the Google Cloud service'],
]

const snake = (name: string): string =>
  name
    .replace(/Command$/, '')
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()

/** Calls of cloud libraries by name (camel case is compared in snake case), and the text the file must hold besides. */
const calls: readonly (readonly [RegExp, RegExp, string])[] = [
  [/\bconfig_vars?\.update$/i, /./, 'Heroku config vars'],
  [
    /\b(formation\.(update|batch_update)|dyno\.(restart|restart_all|create)|release\.(create|rollback)|app_feature\.update)$/i,
    /PlatformAPI|heroku/i,
    'the Heroku app',
  ],
  [/(^|\.|\bnew )(put_parameters?|delete_parameters?)$/, /boto3|aws|ssm/i, 'SSM parameters'],
  [/(^|\.|\bnew )(put_secret_value|update_secret)$/, /boto3|aws|secretsmanager/i, 'Secrets Manager secrets'],
  [/(^|\.|\bnew )(register_task_definition|deregister_task_definition)$/, /boto3|aws|ecs/i, 'the ECS service'],
  [/(^|\.|\bnew )update_service$/, /client-ecs|Aws::ECS|['"]ecs['"]|\bECS\b/, 'the ECS service'],
  [
    /(^|\.|\bnew )(update_function_configuration|update_function_code|put_function_concurrency)$/,
    /boto3|aws|lambda/i,
    'the Lambda function',
  ],
  [
    /(^|\.|\bnew )(update_auto_scaling_group|set_desired_capacity|start_instance_refresh)$/,
    /boto3|aws/i,
    'the auto scaling group',
  ],
  [/(^|\.|\bnew )update_environment$/, /elastic_?beanstalk/i, 'the Elastic Beanstalk environment'],
  [
    /(^|\.|\bnew )(patch|replace|delete|update)_(namespaced_)?(deployment|config_map|secret|stateful_set|daemon_set)(_scale)?$/,
    /kube|k8s/i,
    'Kubernetes objects',
  ],
  [/(^|\.|\bnew )(create_project_env|edit_project_env|remove_project_env)$/, /vercel/i, 'Vercel environment variables'],
  [
    /(^|\.|\bnew )(create_env_vars|update_env_var|set_env_var_value|delete_env_var)$/,
    /netlify/i,
    'Netlify environment variables',
  ],
  [/(^|\.|\bnew )(update_application_settings|begin_create_or_update)$/, /azure/i, 'the Azure app'],
  [/(^|\.|\bnew )update_service$/, /google\.cloud|@google-cloud\/run|run_v2/, 'the Cloud Run service'],
]

/** Which configuration of a hosting platform a call changes; '' when none. `file` is the text around it. */
export function changesOf(call: Found, file: string): string {
  if (call.words.length > 0) {
    const line = call.words.join(' ')
    if (/(^|\s)(--dry-run(=(client|server|true))?|--help)(\s|$)/.test(line)) return ''
    const command = commands.find(([pattern]) => pattern.test(line))
    if (command !== undefined) return command[1]
  }
  if (/^(PATCH|POST|PUT|DELETE)$/.test(call.httpMethod)) {
    const address = addresses.find(([pattern]) => pattern.test(call.url))
    if (address !== undefined) return address[1]
  }
  if (call.words.length > 0) return ''
  const name = snake(call.name)
  const callee = call.callee.slice(0, call.callee.length - call.name.length) + name
  return calls.find(([pattern, context]) => pattern.test(callee) && context.test(file))?.[2] ?? ''
}

const reading = /^(get|list|describe|head|lookup|search|find)/

/** Control-plane services of AWS that allow only a few requests a second for the whole account. */
const services: readonly (readonly [RegExp, string])[] = [
  [/route_?53/i, 'Route 53'],
  [/\bec2\b/i, 'EC2'],
  [/\biam\b/i, 'IAM'],
  [/\becs\b/i, 'ECS'],
  [/\belbv?2?\b|elastic_?load_?balancing/i, 'Elastic Load Balancing'],
  [/auto_?scaling/i, 'Auto Scaling'],
  [/cloud_?formation/i, 'CloudFormation'],
  [/\brds\b/i, 'RDS'],
  [/organizations/i, 'Organizations'],
  [/cloud_?front/i, 'CloudFront'],
]

/** Which rate-limited control-plane API a call reads; '' when none. */
export function asksOf(call: Found, file: string): string {
  const line = call.words.join(' ')
  const verb =
    /^aws (?:--\S+ (?:\S+ )?)*(route53|ec2|iam|ecs|elbv?2?|autoscaling|cloudformation|rds|organizations|cloudfront) (list|get|describe|change|test)-/.exec(
      line,
    )
  if (verb?.[1] !== undefined) return services.find(([pattern]) => pattern.test(verb[1] ?? ''))?.[1] ?? ''
  if (call.words.length > 0)
    return /^(GET|POST)$/.test(call.httpMethod) && /^https?:\/\/api\.github\.com\//.test(call.url) ? 'GitHub' : ''
  if (/^https?:\/\/api\.github\.com\//.test(call.url)) return 'GitHub'
  const name = snake(call.name)
  const isRead = reading.test(name) || /^change_resource_record_sets$/.test(name)
  if (!isRead || !/boto3|aws-sdk|Aws::/.test(file)) return ''
  const on = `${call.receiver} ${call.receiver === '' ? call.callee : ''} ${clientOf(call.receiver, file)}`
  return services.find(([pattern]) => pattern.test(on))?.[1] ?? ''
}

/** The text a client variable was made with: `client = boto3.client("route53")`. */
function clientOf(receiver: string, file: string): string {
  if (!/^[@$]?\w+$/.test(receiver)) return ''
  const name = receiver.replace(/[@$]/g, '\\$&')
  return new RegExp(`${name}\\s*=\\s*([^\\n]{1,120})`).exec(file)?.[1] ?? ''
}

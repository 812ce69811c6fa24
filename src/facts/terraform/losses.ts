import type { TerraformFact } from './index.ts'

type Loss = TerraformFact['loses']

/** What is lost when a resource of a type is destroyed and created again. First match wins. */
const byType: readonly (readonly [RegExp, Loss])[] = [
  [
    /^aws_(db_instance|rds_cluster|rds_global_cluster|dynamodb_table|s3_bucket|efs_file_system|ebs_volume|elasticache_(cluster|replication_group|serverless_cache)|memorydb_cluster|opensearch_domain|elasticsearch_domain|redshift_cluster|docdb_cluster|neptune_cluster|msk_cluster|kinesis_stream|kms_key|cognito_user_pool|ecr_repository|backup_vault|timestreamwrite_table|keyspaces_table|fsx_\w+|mq_broker|secretsmanager_secret|cloudwatch_log_group|sqs_queue|glue_catalog_database|athena_workgroup|lightsail_database)$/,
    'data',
  ],
  [
    /^google_(sql_database(_instance)?|storage_bucket|bigquery_(dataset|table)|spanner_(instance|database)|redis_instance|memorystore_instance|kms_crypto_key|kms_key_ring|filestore_instance|compute_disk|bigtable_(instance|table)|firestore_database|alloydb_(cluster|instance)|pubsub_subscription|artifact_registry_repository)$/,
    'data',
  ],
  [
    /^azurerm_(postgresql_\w*(server|database)|mysql_\w*(server|database)|mariadb_server|mssql_(server|database|managed_instance)|cosmosdb_(account|sql_database|sql_container)|storage_(account|container|share)|managed_disk|key_vault|redis_cache|eventhub(_namespace)?|servicebus_(namespace|queue)|container_registry|log_analytics_workspace|recovery_services_vault)$/,
    'data',
  ],
  [
    /^(digitalocean_(database_cluster|volume|spaces_bucket)|hcloud_volume|linode_volume|postgresql_(database|schema)|mysql_database|mongodbatlas_(cluster|advanced_cluster)|elasticstack_elasticsearch_(index|data_stream)|ec_deployment|confluent_kafka_(cluster|topic)|kafka_topic|kubernetes_(namespace|persistent_volume_claim|persistent_volume|stateful_set)(_v1)?|snowflake_(database|schema|table)|vault_mount|scaleway_rdb_instance|ovh_cloud_project_database)$/,
    'data',
  ],
  [
    /^(random_(password|string|id|bytes|uuid|pet)|tls_private_key|aws_iam_access_key|aws_key_pair|google_service_account(_key)?|azuread_application_password|elasticstack_elasticsearch_security_api_key|aws_cognito_user_pool_client|azuread_application|vault_token)$/,
    'credentials',
  ],
  [
    /^(aws_(vpc|subnet|nat_gateway|internet_gateway|vpn_gateway|vpn_connection|ec2_transit_gateway|dx_\w+|vpc_peering_connection|route_table)|google_compute_(network|subnetwork|router|router_nat|vpn_tunnel)|azurerm_(virtual_network|subnet|virtual_network_gateway|nat_gateway|firewall)|hcloud_network|digitalocean_vpc)$/,
    'network',
  ],
  [
    /^(aws_(autoscaling_group|instance|eks_cluster|eks_node_group|ecs_cluster|ecs_service|emr_cluster|spot_fleet_request|batch_compute_environment|elastic_beanstalk_environment|lightsail_instance)|google_(container_(cluster|node_pool)|compute_(instance|instance_group_manager|region_instance_group_manager)|cloud_run_\w*service|app_engine_\w+)|azurerm_(kubernetes_cluster(_node_pool)?|\w*virtual_machine(_scale_set)?|linux_web_app|windows_web_app|container_app)|digitalocean_(droplet|kubernetes_(cluster|node_pool)|app)|hcloud_server|linode_instance|kubernetes_(deployment|daemon_set)(_v1)?|helm_release|nomad_job|fly_machine)$/,
    'nodes',
  ],
  [
    /^(aws_(lb|alb|elb|lb_listener|alb_listener|lb_target_group|alb_target_group|cloudfront_distribution|route53_(zone|record)|eip|api_gateway_\w*|apigatewayv2_\w*|acm_certificate|globalaccelerator_accelerator|service_discovery_\w+|lambda_function|lambda_function_url)|google_(dns_(managed_zone|record_set)|compute_(address|global_address|forwarding_rule|global_forwarding_rule|url_map|backend_service|managed_ssl_certificate))|azurerm_(dns_zone|dns_\w+_record|public_ip|lb|application_gateway|cdn_\w+|frontdoor\w*|private_dns_zone)|cloudflare_(zone|record|dns_record|load_balancer|tunnel|zero_trust_tunnel_cloudflared)|digitalocean_(domain|record|loadbalancer|reserved_ip|floating_ip)|hcloud_(load_balancer|floating_ip|primary_ip)|kubernetes_(service|ingress)(_v1)?)$/,
    'endpoint',
  ],
]

export function lossOf(type: string): Loss {
  if (type === 'module') return 'data'
  return byType.find(([pattern]) => pattern.test(type))?.[1] ?? 'little'
}

/** Attributes that cannot change in place, by type: from the providers' documentation and schemas (`ForceNew`). */
const forcing: readonly (readonly [RegExp, readonly string[]])[] = [
  [
    /^aws_db_instance$/,
    [
      'engine',
      'username',
      'db_name',
      'storage_encrypted',
      'kms_key_id',
      'availability_zone',
      'character_set_name',
      'timezone',
      'snapshot_identifier',
      'identifier_prefix',
    ],
  ],
  [
    /^aws_rds_cluster$/,
    [
      'cluster_identifier',
      'database_name',
      'master_username',
      'engine',
      'availability_zones',
      'storage_encrypted',
      'kms_key_id',
      'snapshot_identifier',
      'db_subnet_group_name',
      'engine_mode',
    ],
  ],
  [
    /^aws_elasticache_replication_group$/,
    ['replication_group_id', 'subnet_group_name', 'at_rest_encryption_enabled', 'port', 'kms_key_id', 'snapshot_name'],
  ],
  [/^aws_elasticache_cluster$/, ['cluster_id', 'subnet_group_name', 'port', 'availability_zone', 'snapshot_name']],
  [/^aws_dynamodb_table$/, ['name', 'hash_key', 'range_key']],
  [/^aws_s3_bucket$/, ['bucket', 'bucket_prefix']],
  [/^aws_ebs_volume$/, ['availability_zone', 'encrypted', 'kms_key_id', 'snapshot_id']],
  [
    /^aws_efs_file_system$/,
    ['encrypted', 'kms_key_id', 'creation_token', 'performance_mode', 'availability_zone_name'],
  ],
  [/^aws_(opensearch|elasticsearch)_domain$/, ['domain_name']],
  [/^aws_redshift_cluster$/, ['cluster_identifier', 'database_name', 'master_username', 'availability_zone']],
  [
    /^aws_(docdb|neptune)_cluster$/,
    ['cluster_identifier', 'master_username', 'storage_encrypted', 'kms_key_id', 'availability_zones', 'engine'],
  ],
  [/^aws_msk_cluster$/, ['cluster_name']],
  [/^aws_kinesis_stream$/, ['name']],
  [/^aws_cognito_user_pool$/, ['alias_attributes', 'username_attributes']],
  [/^aws_ecr_repository$/, ['name']],
  [/^aws_secretsmanager_secret$/, ['name', 'name_prefix']],
  [/^aws_cloudwatch_log_group$/, ['name', 'name_prefix']],
  [/^aws_sqs_queue$/, ['name', 'name_prefix', 'fifo_queue']],
  [/^aws_sns_topic$/, ['name', 'fifo_topic']],
  [/^aws_vpc$/, ['cidr_block']],
  [/^aws_subnet$/, ['cidr_block', 'availability_zone', 'vpc_id']],
  [/^aws_nat_gateway$/, ['subnet_id', 'allocation_id']],
  [/^aws_eks_cluster$/, ['name', 'role_arn']],
  [
    /^aws_eks_node_group$/,
    ['node_group_name', 'cluster_name', 'ami_type', 'disk_size', 'instance_types', 'capacity_type', 'subnet_ids'],
  ],
  [/^aws_autoscaling_group$/, ['name', 'name_prefix']],
  [/^aws_ecs_service$/, ['name', 'cluster', 'launch_type']],
  [/^aws_a?lb$/, ['name', 'name_prefix', 'internal', 'load_balancer_type']],
  [/^aws_elb$/, ['name', 'internal']],
  [/^aws_(alb|lb)_target_group$/, ['name', 'port', 'protocol', 'target_type', 'vpc_id']],
  [/^aws_route53_zone$/, ['name']],
  [/^aws_instance$/, ['availability_zone', 'subnet_id', 'private_ip']],
  [/^google_sql_database_instance$/, ['name', 'region', 'encryption_key_name', 'master_instance_name']],
  [/^google_sql_database$/, ['name', 'instance']],
  [/^google_storage_bucket$/, ['name', 'location', 'project']],
  [/^google_bigquery_dataset$/, ['dataset_id', 'location']],
  [/^google_bigquery_table$/, ['table_id', 'dataset_id']],
  [/^google_redis_instance$/, ['name', 'region', 'tier', 'connect_mode', 'authorized_network']],
  [/^google_compute_disk$/, ['name', 'zone', 'type', 'image', 'snapshot']],
  [/^google_spanner_(instance|database)$/, ['name', 'config', 'instance']],
  [/^google_pubsub_(topic|subscription)$/, ['name']],
  [
    /^google_container_cluster$/,
    ['name', 'location', 'network', 'subnetwork', 'initial_node_count', 'cluster_ipv4_cidr', 'enable_autopilot'],
  ],
  [/^google_container_node_pool$/, ['name', 'location', 'cluster', 'initial_node_count', 'max_pods_per_node']],
  [/^google_compute_(network|subnetwork)$/, ['name', 'network', 'region']],
  [/^google_dns_managed_zone$/, ['name', 'dns_name']],
  [
    /^azurerm_postgresql_flexible_server$/,
    [
      'administrator_login',
      'delegated_subnet_id',
      'geo_redundant_backup_enabled',
      'name',
      'location',
      'resource_group_name',
    ],
  ],
  [
    /^azurerm_mysql_flexible_server$/,
    [
      'administrator_login',
      'delegated_subnet_id',
      'geo_redundant_backup_enabled',
      'name',
      'location',
      'resource_group_name',
    ],
  ],
  [
    /^azurerm_kubernetes_cluster$/,
    ['name', 'location', 'resource_group_name', 'dns_prefix', 'private_cluster_enabled'],
  ],
  [
    /^azurerm_(mssql_server|storage_account|managed_disk|key_vault|redis_cache|cosmosdb_account|virtual_network|servicebus_namespace|eventhub_namespace|container_registry|public_ip|dns_zone)$/,
    ['name', 'location', 'resource_group_name'],
  ],
  [/^digitalocean_(database_cluster|volume)$/, ['engine', 'name', 'region']],
  [
    /^random_(password|string|id|bytes)$/,
    [
      'length',
      'byte_length',
      'special',
      'override_special',
      'upper',
      'lower',
      'numeric',
      'min_upper',
      'min_lower',
      'min_numeric',
      'min_special',
      'keepers',
    ],
  ],
  [/^tls_private_key$/, ['algorithm', 'rsa_bits', 'ecdsa_curve']],
  [/^helm_release$/, ['name', 'namespace']],
  [/^elasticstack_elasticsearch_index$/, ['name', 'number_of_shards', 'mappings']],
  [/^elasticstack_elasticsearch_security_api_key$/, ['name', 'role_descriptors']],
  [/^mongodbatlas_(advanced_)?cluster$/, ['name', 'project_id']],
  [/^kubernetes_persistent_volume_claim(_v1)?$/, ['spec']],
]

export function forcingAttributes(type: string): readonly string[] {
  return forcing.find(([pattern]) => pattern.test(type))?.[1] ?? []
}
